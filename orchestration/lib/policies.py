"""What holds for every step."""

import dagster as dg

#: A step is tried again three times, five minutes apart. A fault that another try cannot mend (a red test, a model that
#: does not compile) says so itself with ``Failure(allow_retries=False)``.
RETRY = dg.RetryPolicy(max_retries=3, delay=300)
