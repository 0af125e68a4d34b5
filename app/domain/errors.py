"""The one root of every failure that the user may see.

Findings are values, failures are exceptions: an exception means the work could not be done.
Each error carries a stable `code` and a Turkish sentence in three parts.
"""

from __future__ import annotations


class AppError(Exception):
    """A known failure, said calmly: what happened, why, what to do.

    `code` is stable (other programs and tests rely on it). `retry_safe` says whether doing the same again
    can do harm. `raw_code` and `raw_text` hold the other side's own words for the details fold; they never
    hold a password, PIN or session id.
    """

    def __init__(
        self,
        code: str,
        what: str,
        *,
        why: str = "",
        todo: str = "",
        retry_safe: bool = False,
        raw_code: str | None = None,
        raw_text: str | None = None,
    ) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.why = why
        self.todo = todo
        self.retry_safe = retry_safe
        self.raw_code = raw_code
        self.raw_text = raw_text

    @property
    def sentence(self) -> str:
        """The whole message in Turkish, one line."""
        parts = (part.strip() for part in (self.what, self.why, self.todo))
        # A part may end in a path, which would run into the next one.
        return " ".join(part if part[-1] in ".!?…:)" else f"{part}." for part in parts if part)

    def __str__(self) -> str:
        return self.sentence


class InputError(AppError):
    """A file or value given by the user cannot be read or is not allowed."""


class ConfigError(AppError):
    """Something that must be set up first is missing or wrong."""


class EnvironmentFault(AppError):
    """The machine refuses: full disk, locked file, missing program."""


class StorageError(AppError):
    """The database cannot do what was asked (newer version, damaged file, busy)."""


class LeaseHeld(AppError):
    """Another window or command is working on this company. The CLI ends with exit code 3."""


class SealError(AppError):
    """A seal could not be made or checked."""


class PinRefused(SealError):
    """The token said the PIN is wrong. Never tried again by itself."""


class RuleBroken(AppError):
    """The operation is not allowed by a rule of the field (seven days, one answer, own series...)."""


class RenderError(AppError):
    """A document could not be drawn."""


class BugError(AppError):
    """Anything we did not foresee: logged with its traceback, shown with "copy details"."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(
            "BUG",
            "Beklenmeyen bir program hatası oldu.",
            why=f"({type(cause).__name__})",
            todo="Verileriniz kayıtlı. Günlük dosyasını destek ekibine iletin.",
        )
        self.__cause__ = cause


class JobCancelled(Exception):  # not an error: the user wished it
    """The user stopped the job. Not an error: no message box, no log above info."""
