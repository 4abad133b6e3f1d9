/** The file format that a file's first bytes show. */
export type Form =
    | { readonly is: "text"; readonly encoding: Encoding; readonly mark: boolean }
    | { readonly is: "gzip" | "zip" }
    /** Another format, such as Parquet. */
    | { readonly is: "other"; readonly name: string };

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

const magic: readonly (readonly [start: readonly number[] | string, name: string])[] = [
    ["PAR1", "Parquet"],
    ["ORC", "ORC"],
    ["Obj\u0001", "Avro"],
    ["BZh", "bzip2"],
    ["%PDF", "PDF"],
    [[0x28, 0xb5, 0x2f, 0xfd], "Zstandard"],
    [[0xd0, 0xcf, 0x11, 0xe0], "Excel"],
];

/** Byte order marks. */
const marks: readonly (readonly [mark: readonly number[], encoding: Encoding])[] = [
    [[0xef, 0xbb, 0xbf], "utf-8"],
    [[0xff, 0xfe], "utf-16le"],
    [[0xfe, 0xff], "utf-16be"],
];

const starts = (bytes: Uint8Array, start: readonly number[] | string) =>
    (typeof start === "string" ? [...Buffer.from(start, "latin1")] : start).every((byte, at) => bytes[at] === byte);

/**
 * Detects the format of a file from its first bytes. The encoding is guessed from these bytes only, so later bytes may
 * be invalid in it.
 */
export function detectForm(bytes: Uint8Array): Form {
    if (starts(bytes, [0x1f, 0x8b])) return { is: "gzip" };
    if (starts(bytes, "PK\u0003\u0004")) return isExcel(bytes) ? { is: "other", name: "Excel" } : { is: "zip" };
    const format = magic.find(([start]) => starts(bytes, start));
    if (format) return { is: "other", name: format[1] };
    const marked = marks.find(([mark]) => starts(bytes, mark));
    if (marked) return { is: "text", encoding: marked[1], mark: true };
    const wide = wideEncoding(bytes);
    if (wide) return { is: "text", encoding: wide, mark: false };
    if (bytes.includes(0)) return { is: "other", name: "binary data" };
    const text = Buffer.from(bytes.subarray(0, 200)).toString("latin1").trimStart();
    if (/^[{[]/.test(text)) return { is: "other", name: "JSON" };
    if (/^<[?!a-z]/i.test(text)) return { is: "other", name: "XML" };
    return { is: "text", encoding: isUtf8(bytes) ? "utf-8" : "windows-1252", mark: false };
}

/** Checks whether bytes are an Excel workbook: a zip archive whose first entry has one of these names. */
function isExcel(bytes: Uint8Array): boolean {
    const length = (bytes[26] ?? 0) + 256 * (bytes[27] ?? 0);
    const name = Buffer.from(bytes.subarray(30, 30 + length)).toString("latin1");
    return /^(\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/.test(name);
}

/** Detects UTF-16 without a byte order mark: in English text, every second byte is zero. */
function wideEncoding(bytes: Uint8Array): Encoding | undefined {
    const pairs = Math.floor(Math.min(bytes.length, 2000) / 2);
    const start = bytes.subarray(0, pairs * 2);
    const [first, second] = [0, 1].map(
        (parity) => start.filter((byte, at) => byte === 0 && at % 2 === parity).length / Math.max(1, pairs),
    ) as [number, number];
    if (second > 0.5 && first < 0.1) return "utf-16le";
    return first > 0.5 && second < 0.1 ? "utf-16be" : undefined;
}

function isUtf8(bytes: Uint8Array): boolean {
    try {
        // Decode as a stream, because the sample may end within a character.
        new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
        return true;
    } catch {
        return false;
    }
}
