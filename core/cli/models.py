"""`echolab models`: the sets of models there are; choose, hand on, bring in, remove one."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import check_folder
from core.domain import InputError

Name = Annotated[str, typer.Argument(help="Of a set, as `echolab models list` shows it.")]


def register(cli: typer.Typer) -> None:
    group = typer.Typer(help="Sets of models: list, choose, export, import, remove.")
    group.command("list")(show)
    group.command("choose")(choose)
    group.command("export")(export)
    group.command("import")(bring)
    group.command("remove")(remove)
    cli.add_typer(group, name="models")


def show() -> None:
    """Lists the sets; the one in use has a star."""
    from core.recognition.model_sets import chosen_set, model_sets

    chosen = chosen_set().folder
    for each in model_sets():
        mark = "*" if each.folder == chosen else " "
        holds = ", ".join(f"{info.name} {info.version}" for info in each.infos)
        typer.echo(f"{mark} {each.name}: {each.licence}; {holds}")
    if not any(each.folder == chosen for each in model_sets()):
        typer.echo(f"* {chosen} (ECHOLAB_MODELS)")


def choose(name: Name) -> None:
    """Takes a set into use, for the app and all commands."""
    from core.recognition.model_sets import choose_set

    chosen = choose_set(name)
    typer.echo(f"in use: {chosen.name} ({chosen.licence})")


def export(
    name: Name,
    file: Annotated[Path, typer.Argument(help="ZIP file to write.")],
) -> None:
    """Writes a set with its cards and checksums as one ZIP file."""
    from core.recognition.model_archive import export_set
    from core.recognition.model_sets import find_set
    from core.replacing import replacing

    found = find_set(name)
    if file.is_dir():
        raise InputError(f"{file}: is a folder; give the name of a ZIP file")
    check_folder(file.parent, option="export to")
    data = export_set(found)
    try:
        with replacing(file) as unfinished:
            unfinished.write_bytes(data)
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror})") from error
    typer.echo(f"{file}: {len(data) / 2**20:.1f} MB")


def bring(
    file: Annotated[Path, typer.Argument(help="ZIP file of `echolab models export`.")],
    name: Annotated[str | None, typer.Option(help="What to call the set here.")] = None,
) -> None:
    """Brings a set in, checked; it is not yet in use."""
    from core.recognition.model_archive import import_set

    try:
        source = file.open("rb")
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    with source:
        taken = import_set(source, shown=file.name, name=name)
    typer.echo(f"{taken.name}: {taken.licence}; take it into use by `models choose {taken.name}`")


def remove(name: Name) -> None:
    """Removes a set that was trained or brought in here."""
    from core.recognition.model_sets import remove_set

    remove_set(name)
    typer.echo(f"removed: {name}")
