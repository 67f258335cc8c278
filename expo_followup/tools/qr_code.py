"""QR codes as pictures.

Odoo draws barcodes through a drawing library of reportlab's that is not part of every installation; what is in a code
needs none.
"""

import io

from PIL import Image
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

# In pixels; and the white around a code that readers need, in modules.
MODULE_SIZE = 8
QUIET_ZONE = 4


def draw_qr_code(text: str) -> bytes:
    """Return a PNG picture of a QR code.

    >>> draw_qr_code("https://ours.example")[1:4]
    b'PNG'
    """
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    count = code.getModuleCount()
    image = Image.new("1", (count + 2 * QUIET_ZONE, count + 2 * QUIET_ZONE), 1)
    for row in range(count):
        for column in range(count):
            if code.isDark(row, column):
                image.putpixel((column + QUIET_ZONE, row + QUIET_ZONE), 0)
    target = io.BytesIO()
    image.resize((image.width * MODULE_SIZE, image.height * MODULE_SIZE)).save(target, "PNG")
    return target.getvalue()
