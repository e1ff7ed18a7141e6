"""Names of tables that a framework makes from where a model is."""

from docrunch.graph.layout import parent_of


def app_label(path: str, model: str) -> str:
    """Django's name of an app, lower case: stated by the model, else the directory of ``models.py`` or ``models/``."""
    if "." in model:
        return model.rpartition(".")[0].lower()
    directory = parent_of(path)
    while directory.rpartition("/")[2] in ("models", "migrations"):
        directory = parent_of(directory)
    return directory.rpartition("/")[2].lower()


def table_name(path: str, name: str, model: str) -> str:
    """The stated name, else Django's: ``blog_author`` for ``Author`` of the app ``blog``."""
    if name:
        return name
    label = app_label(path, model)
    own = model.rpartition(".")[2].lower()
    return f"{label}_{own}" if label else own
