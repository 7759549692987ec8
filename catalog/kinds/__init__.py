from catalog.kinds.registry import Kind, choices, kind_named, register, registered

__all__ = ["Kind", "choices", "kind_named", "register", "registered"]
