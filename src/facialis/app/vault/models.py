"""Keys as they are kept: one of each person, and one of each recording that only the person's opens."""

from __future__ import annotations

from django.db import models

from facialis.app.people.models import Person

__all__ = ["FileKey", "PersonKey"]


class PersonKey(models.Model):
    """The key of a person, wrapped by that of the installation. Without it nothing of theirs can be read again."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    wrapped = models.BinaryField()


class FileKey(models.Model):
    """The key of one folder of films and results, by the folder's name, wrapped by that of its person.

    ``sealed``: all that lies there is encrypted. What came in before there were keys is not, until it has been moved.
    """

    token = models.CharField(max_length=32, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    wrapped = models.BinaryField()
    sealed = models.BooleanField(default=False)
