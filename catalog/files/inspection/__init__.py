"""Reading what people upload; done apart. The modules here know nothing of Django."""
