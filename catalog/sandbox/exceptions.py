class Refused(Exception):
    """What a file is not taken for: a code, for which files.validators has the sentence, and facts.

    The facts are those that the sentence names, such as a line number.
    """

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code, self.facts = code, facts
