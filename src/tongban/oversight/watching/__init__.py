"""The figures of the console: counts that a background job keeps small, so that a page never counts cases.

`steps` says what an ended case comes to, `store` keeps it by subject, `turn` is the job, `figures` what a page reads.
"""
