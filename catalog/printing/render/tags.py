"""Copies the structure of a tagged PDF when its pages are bound into another PDF.

Elements of the structure tree refer to their page. Pages, pictures and annotations have a number,
under which the parent tree lists the elements of their content (ISO 32000-1, 14.7.4).
"""

from pikepdf import Array, Dictionary, Name, String

MAX_DEPTH = 100  # levels of a tree
MAPS = ("/RoleMap", "/ClassMap")


def has_tags(pdf):
    root = pdf.Root
    marked = root.get("/MarkInfo", {}).get("/Marked", False)
    return bool(marked) and "/Lang" in root and "/ParentTree" in root.get("/StructTreeRoot", {})


def add_empty_structure(pdf):
    """Gives an empty PDF an empty structure tree."""
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    whole = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root, K=Array()))
    root.K, root.ParentTree = Array([whole]), pdf.make_indirect(Dictionary(Nums=Array()))
    pdf.Root.StructTreeRoot = root


def copy_structure(pdf, other, first, count):
    """Copies the structure of `other` into that of `pdf`.

    `pdf` already has its `count` pages, from index `first` on. Raises ValueError or an error of
    pikepdf if the structure is malformed.
    """
    ours = pdf.Root.StructTreeRoot
    theirs = pdf.copy_foreign(other.Root.StructTreeRoot)
    merge_maps(ours, theirs)
    parents = read_number_tree(theirs.ParentTree)
    nums = ours.ParentTree.Nums
    offset = max((int(nums[place]) for place in range(0, len(nums), 2)), default=-1) + 1
    whole = ours.K[0]
    part = Dictionary(Type=Name.StructElem, S=Name.Part, P=whole, K=as_array(theirs.K))
    part.Lang = String(str(other.Root.Lang))
    part = pdf.make_indirect(part)
    for element in part.K:
        element.P = part
    for number, elements in sorted(parents.items()):
        nums.extend([offset + number, elements])
    renumber([page.obj for page in list(pdf.pages)[first : first + count]], offset)
    whole.K.insert(insertion_index(pdf, whole.K, first + count), part)


def merge_maps(ours, theirs):
    """Copies the meanings of their role and class names into ours.

    Raises ValueError if a name already has another meaning.
    """
    for name in MAPS:
        merged = ours.get(name, Dictionary())
        for key, value in theirs.get(name, Dictionary()).items():
            if key in merged and merged[key] != value:
                raise ValueError(f"{key} has two meanings")
            merged[key] = value
        if len(merged):
            ours[name] = merged


def as_array(kids):
    return kids if isinstance(kids, Array) else Array([kids])


def read_number_tree(tree, depth=0):
    """Returns a number tree as {number: value}. Raises ValueError if it is too deep."""
    if depth > MAX_DEPTH:
        raise ValueError("the number tree is too deep")
    nums = list(tree.get("/Nums", []))
    values = dict(zip(map(int, nums[::2]), nums[1::2], strict=True))
    for kid in tree.get("/Kids", []):
        values |= read_number_tree(kid, depth + 1)
    return values


def renumber(pages, offset):
    """Adds `offset` to the parent tree numbers of the pages, their annotations and what they draw.

    A drawing that several pages share changes only once.
    """
    seen, waiting = set(), [*pages, *(note for page in pages for note in page.get("/Annots", []))]
    while waiting:
        dictionary = waiting.pop()
        if dictionary.objgen in seen:
            continue
        seen.add(dictionary.objgen)
        for name in ("/StructParents", "/StructParent"):
            if name in dictionary:
                dictionary[name] = int(dictionary[name]) + offset
        drawings = dictionary.get("/Resources", {}).get("/XObject", {})
        waiting += [drawing for drawing in drawings.values() if drawing.is_indirect]


def insertion_index(pdf, elements, page_index):
    """Returns the index in `elements` of the first one on the page of this index or later."""
    indexes = {page.obj.objgen: index for index, page in enumerate(pdf.pages)}
    for index, element in enumerate(elements):
        page = first_page(element)
        if page is not None and indexes.get(page.objgen, -1) >= page_index:
            return index
    return len(elements)


def first_page(element, depth=0):
    """Returns the page of the first content of an element, or None if it has no content."""
    if not isinstance(element, Dictionary) or depth > MAX_DEPTH:
        return None
    if "/Pg" in element:
        return element.Pg
    pages = (first_page(kid, depth + 1) for kid in as_array(element.get("/K", Array())))
    return next(filter(None, pages), None)
