import { parseArn } from "policy-evaluator";

/** Names of resources and columns, and numbers of lines, that an error message of AWS mentions. */
export interface Mentions {
    readonly jobArn?: string;
    readonly roleArn?: string;
    readonly callerArn?: string;
    readonly keyArn?: string;
    readonly bucket?: string;
    readonly key?: string;
    readonly lines: readonly number[];
    readonly columns: readonly string[];
}

/**
 * What a message is about. `access`: Personalize cannot read the data, for a reason that a diagnosis finds. `file`: the
 * file's content. `location`: bucket or key. `caller`: the caller's permissions. `service`: quotas, names and similar
 * limits. `credentials`: rejected credentials.
 */
export type Subject = "access" | "file" | "location" | "caller" | "service" | "credentials";

/** The explanation of an error message of AWS about an import. */
export interface Message {
    readonly subject: Subject;
    /** One sentence. */
    readonly cause: string;
    /** The next command. Names in capitals are placeholders for names that the message lacks. */
    readonly next: string;
    /** Whom to ask for a policy that nobody in the account can read, with the question; absent for other messages. */
    readonly ask?: string;
    readonly mentions: Mentions;
}

/** Removes full stops and colons at the end. */
function withoutStops(text: string): string {
    let end = text.length;
    while (end > 0 && /[.:]/.test(text[end - 1] ?? "")) end -= 1;
    return text.slice(0, end);
}

/** Finds the names in a message, in which each run of white space must be one space. */
export function findMentions(text: string): Mentions {
    const arns = [...new Set(text.match(/arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[^\s"'`,;()[\]{}]+/g) ?? [])].map((arn) =>
        withoutStops(arn),
    );
    const find = (service: string, resource: RegExp) =>
        arns.find((arn) => parseArn(arn)?.service === service && resource.test(parseArn(arn)?.resource ?? ""));
    const callerArn = /User: (arn:[^\s"']+)/.exec(text)?.[1];
    const [, located, key] = /s3:\/\/([a-z0-9.-]+)(?:\/([^\s"',;)]*))?/.exec(text) ?? [];
    const [, pair] = /\bkey[=:] ?"?([^\s"',;\])]+)/i.exec(text) ?? [];
    const [, host] = /(?:^|[\s/"'])([a-z0-9][a-z0-9.-]+)\.s3[.-][a-z0-9-]*\.?amazonaws\.com/.exec(text) ?? [];
    const [, spoken] = /\bbucket(?:Name)?[=:] ?"?([a-z0-9][a-z0-9.-]+[a-z0-9])/i.exec(text) ?? [];
    const named = /bucket policy on ([a-z0-9][a-z0-9.-]*[a-z0-9])/.exec(text)?.[1];
    const [, ofArn, keyOfArn] = /arn:aws[\w-]*:s3:::([a-z0-9.-]+)(?:\/([^\s"',;)]+))?/.exec(text) ?? [];
    const jobArn = find("personalize", /^dataset-import-job\//);
    const roleArn = arns.find((arn) => arn !== callerArn && /^arn:[^:]+:iam::\d*:role\//.test(arn));
    const keyArn = find("kms", /^key\//);
    const bucket = named ?? located ?? ofArn ?? host ?? spoken;
    const keyText = key ?? keyOfArn ?? pair;
    const keyName = keyText && withoutStops(keyText);
    return {
        ...(jobArn !== undefined && { jobArn }),
        ...(roleArn !== undefined && { roleArn }),
        ...(callerArn !== undefined && { callerArn }),
        ...(keyArn !== undefined && { keyArn }),
        ...(bucket !== undefined && { bucket }),
        ...(keyName !== undefined && keyName !== "" && { key: keyName }),
        lines: [...text.matchAll(/\b(?:line|row)s?(?: number| no\.)?[ :#]*(\d+)/gi)].map(([, line]) => Number(line)),
        columns: columnsIn(text),
    };
}

function columnsIn(text: string): string[] {
    const list = /columns?: ?\[([^\]]*)\]/i.exec(text)?.[1];
    const one = /(?:characters for|value for|column) ([A-Z][A-Z0-9_]+)\b/.exec(text)?.[1];
    return list !== undefined ? list.split(/ ?, ?/).filter((name) => name !== "") : one !== undefined ? [one] : [];
}
