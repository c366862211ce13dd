"""What goes wrong with a model, in one plain line."""


class ModelError(ValueError):
    """Rows, a declaration or stored parts that no model can be made of or used with.

    The message names the field, feature or part at fault; it holds no values of accounts.
    """
