"""The error family of this room: every message is one plain sentence that says what to do next."""


class OrchestrationError(Exception):
    """Base of the errors that the orchestration room raises."""


class EnvironmentNotReady(OrchestrationError):
    """Something the run needs is not installed, not configured or not created yet."""


class NothingToRun(OrchestrationError):
    """The run was asked for a business date that no delivery has reached."""


class RunWithheld(OrchestrationError):
    """A build was made and the gate did not let it out."""


class RunFailed(OrchestrationError):
    """A step of the run stopped before a build could be judged."""


class CaseNotRecognised(OrchestrationError):
    """A file of a case folder, or a field in it, that no check understands."""
