"""Keeps finished answers, so that an answer that has not changed is made once.

`wsgi.PageStore` stands before Django. It sends an answer that it keeps, compressed and with its
headers, or asks Django. `middleware.KeepMiddleware` says which answers may be kept. `changes` says
when kept answers may be out of date: at each change that readers can see. `state` says which still
are right.
"""
