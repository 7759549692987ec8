class Refused(Exception):
    """The reason why a file is refused: a code, for which files.validators has a sentence.

    `facts` are the values in that sentence, such as a line number.
    """

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code, self.facts = code, facts
