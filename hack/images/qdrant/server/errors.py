"""Failures with the HTTP status that the real server gives them."""


class ApiError(Exception):
    """Answered as {"status": {"error": message}} with `status`."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
        self.message = message


def wrong_input(message):
    return ApiError(400, f"Wrong input: {message}")


def format_error(message):
    return ApiError(400, f"Format error in JSON body: {message}")


def not_found(message):
    return ApiError(404, f"Not found: {message}")


def no_collection(name):
    return not_found(f"Collection `{name}` doesn't exist!")


def unsupported(what):
    """The real server can do it and this one can not: said plainly instead of answered wrongly."""
    return ApiError(501, f"Not implemented in Luna's local stand-in for Qdrant: {what}")


def from_engine(error):
    """The engine raises bare exceptions whose texts are the real server's."""
    text = str(error)
    if text.startswith("No point with id"):
        return not_found(text if text.endswith("found") else f"{text} found")
    return wrong_input(text)
