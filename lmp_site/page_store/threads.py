"""Where the page store runs what asks the database."""

from concurrent.futures import ThreadPoolExecutor


def run_here(function, *arguments):
    return function(*arguments)


def threads_of_own(count):
    """Returns a function like run_here() that uses one of `count` threads, started when needed."""
    threads = ThreadPoolExecutor(count)
    return lambda function, *arguments: threads.submit(function, *arguments).result()
