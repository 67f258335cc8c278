const LONGEST_SIDE = 1600;
const MOST_CHARACTERS = 1_500_000;

/**
 * Make a camera's picture small enough to be kept and sent: at most 1600 pixels, as JPEG.
 *
 * @param {Blob} file
 * @returns {Promise<string>} base64, without the head of a data URL
 * @throws when the browser cannot read the picture
 */
export async function shrinkPhoto(file) {
    const picture = await window.createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const context = canvas.getContext("2d");
    // JPEG has no transparency: what shines through would be black.
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    let photo = "";
    for (const quality of [0.8, 0.6, 0.4, 0.2]) {
        photo = canvas.toDataURL("image/jpeg", quality).split(",")[1];
        if (photo.length <= MOST_CHARACTERS) {
            break;
        }
    }
    return photo;
}
