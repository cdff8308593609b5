"""Pictures brought into the library: what cannot be shown is refused while the file is still in somebody's hand."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL.Image import DecompressionBombError
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm


class PictureField(WagtailImageField):
    """The shell's field, which opens only the head of a file and fails at one that is cut off or says it is enormous."""

    def check_image_pixel_size(self, f: Any) -> None:
        """Refuse too many pixels, counted before any is decoded, and a file whose parts cannot be read."""
        try:
            super().check_image_pixel_size(f)
        except DecompressionBombError as error:
            raise ValidationError(
                _("This picture has far too many pixels (at most %(most)s million). Save it smaller.")
                % {"most": round(self.max_image_pixels / 1_000_000)},
                code="file_too_many_pixels",
            ) from error
        except (OSError, SyntaxError, EOFError, ValueError) as error:
            raise ValidationError(
                _("This picture is damaged: it ends too early or cannot be read. Save it anew."), code="damaged"
            ) from error


class PictureForm(BaseImageForm):
    """The form of a picture (WAGTAILIMAGES_IMAGE_FORM_BASE)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (given := self.fields.get("file")) is not None:
            field = PictureField(label=given.label, required=given.required, widget=given.widget, help_text=given.help_text)
            self.fields["file"] = field
