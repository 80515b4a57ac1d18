"""Slices of the server meet by their front doors, never by their inner modules."""

import grimp

# Folders of the server that are the frame every slice stands on, not slices themselves.
FRAME = {"database", "http", "migrations"}


def test_a_slice_imports_another_only_by_its_package() -> None:
    graph = grimp.build_graph("server")
    slices = {
        child
        for child in graph.find_children("server")
        if graph.find_children(child) and child.removeprefix("server.") not in FRAME
    }
    trespasses = [
        f"{importer} imports {imported}"
        for target in sorted(slices)
        for imported in sorted(graph.find_descendants(target))
        for importer in sorted(graph.find_modules_that_directly_import(imported))
        if not importer.startswith(f"{target}.") and importer != target
    ]

    assert not trespasses


def test_the_frame_knows_no_slice() -> None:
    graph = grimp.build_graph("server")
    slices = {
        child
        for child in graph.find_children("server")
        if graph.find_children(child) and child.removeprefix("server.") not in FRAME
    }
    leaks = [
        f"{module} imports {imported}"
        for frame in sorted(FRAME - {"migrations"})
        for module in sorted(graph.find_descendants(f"server.{frame}"))
        for imported in sorted(graph.find_modules_directly_imported_by(module))
        if any(imported == one or imported.startswith(f"{one}.") for one in slices)
    ]

    assert not leaks
