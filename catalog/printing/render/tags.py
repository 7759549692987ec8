"""The structure of a tagged PDF, taken along when its pages are bound into another one.

Elements of the structure tree know their page; pages, pictures and notes know by a number where in
the parent tree the elements of their content are (ISO 32000-1, 14.7.4).
"""

from pikepdf import Array, Dictionary, Name, String

DEEPEST = 100  # levels of a tree
MAPS = ("/RoleMap", "/ClassMap")


def has_tags(pdf):
    root = pdf.Root
    marked = root.get("/MarkInfo", {}).get("/Marked", False)
    return bool(marked) and "/Lang" in root and "/ParentTree" in root.get("/StructTreeRoot", {})


def begin(pdf):
    """Gives an empty PDF a structure without anything in it."""
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    whole = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root, K=Array()))
    root.K, root.ParentTree = Array([whole]), pdf.make_indirect(Dictionary(Nums=Array()))
    pdf.Root.StructTreeRoot = root


def take_along(pdf, other, first, count):
    """Hangs the structure of `other` into that of `pdf`, which has `count` pages of it from `first`
    on, counted from 0. Raises ValueError or pikepdf's own errors where it is not as it should be.
    """
    ours = pdf.Root.StructTreeRoot
    theirs = pdf.copy_foreign(other.Root.StructTreeRoot)
    match_maps(ours, theirs)
    parents = numbers_of(theirs.ParentTree)
    nums = ours.ParentTree.Nums
    offset = max((int(nums[place]) for place in range(0, len(nums), 2)), default=-1) + 1
    whole = ours.K[0]
    part = Dictionary(Type=Name.StructElem, S=Name.Part, P=whole, K=listed(theirs.K))
    part.Lang = String(str(other.Root.Lang))
    part = pdf.make_indirect(part)
    for element in part.K:
        element.P = part
    for number, found in sorted(parents.items()):
        nums.extend([offset + number, found])
    renumber([page.obj for page in list(pdf.pages)[first : first + count]], offset)
    whole.K.insert(place_of(pdf, whole.K, first + count), part)


def match_maps(ours, theirs):
    """What their own names of roles and classes mean is said in ours."""
    for name in MAPS:
        mine = ours.get(name, Dictionary())
        for key, value in theirs.get(name, Dictionary()).items():
            if key in mine and mine[key] != value:
                raise ValueError(f"{key} means two things")
            mine[key] = value
        if len(mine):
            ours[name] = mine


def listed(kids):
    return kids if isinstance(kids, Array) else Array([kids])


def numbers_of(tree, depth=0):
    """{number: what is there} of a number tree."""
    if depth > DEEPEST:
        raise ValueError("the tree of numbers does not end")
    nums = list(tree.get("/Nums", []))
    found = dict(zip(map(int, nums[::2]), nums[1::2], strict=True))
    for kid in tree.get("/Kids", []):
        found |= numbers_of(kid, depth + 1)
    return found


def renumber(pages, offset):
    """The pages, their notes and all that they draw say their place in the joined tree of numbers,
    what several of them draw too.
    """
    seen, waiting = set(), [*pages, *(note for page in pages for note in page.get("/Annots", []))]
    while waiting:
        thing = waiting.pop()
        if thing.objgen in seen:
            continue
        seen.add(thing.objgen)
        for name in ("/StructParents", "/StructParent"):
            if name in thing:
                thing[name] = int(thing[name]) + offset
        drawn = thing.get("/Resources", {}).get("/XObject", {})
        waiting += [one for one in drawn.values() if one.is_indirect]


def place_of(pdf, elements, page):
    """Before which of `elements` comes what ends before the page of this number."""
    numbers = {one.obj.objgen: number for number, one in enumerate(pdf.pages)}
    for place, element in enumerate(elements):
        found = first_page(element)
        if found is not None and numbers.get(found.objgen, -1) >= page:
            return place
    return len(elements)


def first_page(element, depth=0):
    """The page of the first content in an element; None where it has none."""
    if not isinstance(element, Dictionary) or depth > DEEPEST:
        return None
    if "/Pg" in element:
        return element.Pg
    found = (first_page(kid, depth + 1) for kid in listed(element.get("/K", Array())))
    return next(filter(None, found), None)
