"""Keeps finished answers, so that an answer that has not changed is made once.

`wsgi.PageStore` stands before Django. It sends an answer that it keeps, compressed and with its
headers, or asks Django. `middleware.KeepMiddleware` says which answers may be kept. `changes` says
when all kept answers are out of date: at each change that readers can see.
"""
