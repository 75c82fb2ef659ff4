"""What operators see of a running site: records of requests and of errors, numbers.

Its modules are imported one by one: the settings need `logs` before there are any models.
"""
