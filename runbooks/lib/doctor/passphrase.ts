import { createDecipheriv, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(pbkdf2);
const iterations = 1_000_000;
const tagBytes = 16;

/**
 * Whether a passphrase opens a stack's `encryptionsalt`, `v1:<salt>:v1:<nonce>:<cipher text of a known word>`, as
 * Pulumi's passphrase secrets manager makes it (PBKDF2 with SHA-256, AES-256-GCM). undefined for any other form.
 */
export async function opens(encryptionSalt: string, passphrase: string): Promise<boolean | undefined> {
    const [form, salt, cipher, nonce, text] = encryptionSalt.split(":");
    if (form !== "v1" || cipher !== "v1" || !salt || !nonce || !text) {
        return undefined;
    }
    const key = await derive(passphrase, Buffer.from(salt, "base64"), iterations, 32, "sha256");
    const sealed = Buffer.from(text, "base64");
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    try {
        return (
            Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]).toString() === "pulumi"
        );
    } catch {
        return false;
    }
}
