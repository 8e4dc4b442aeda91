"""What holds for every step."""

import dagster as dg

from governance.settings import settings

#: A step is tried again three times, five minutes apart. A fault that another try cannot mend (a red test, a model that
#: does not compile) says so itself with ``Failure(allow_retries=False)``.
RETRY = (
    dg.RetryPolicy(max_retries=settings().retries, delay=settings().retry_delay_seconds) if settings().retries else None
)

#: A range of business dates is one run, whose window covers all of them.
ONE_RUN = dg.BackfillPolicy.single_run()
