"""Independent model validation: published cases recomputed by the functions that make the marts.

A case folder holds data sets and files of expected figures. Every file and every figure in it becomes a row of the
report: checked, plain data, or named as not recognised. Nothing is left out in silence.
"""

from orchestration.validation import report
from orchestration.validation.discovery import validate
from orchestration.validation.findings import Finding, Verdict, is_failure

__all__ = ["Finding", "Verdict", "is_failure", "report", "validate"]
