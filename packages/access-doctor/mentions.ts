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
const withoutStops = (text: string) => text.slice(0, text.search(/[^.:](?=[.:]*$)/) + 1);

/** Finds the names in a message, in which each run of white space must be one space. */
export function findMentions(text: string): Mentions {
    const arns = (text.match(/arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[^\s"'`,;()[\]{}]+/g) ?? []).map(withoutStops);
    const find = (service: string, resource: RegExp) =>
        arns.find((arn) => parseArn(arn)?.service === service && resource.test(parseArn(arn)?.resource ?? ""));
    const group = (pattern: RegExp, at = 1) => pattern.exec(text)?.[at];
    const callerArn = group(/User: (arn:[^\s"']+)/);
    const url = /s3:\/\/([a-z0-9.-]+)(?:\/([^\s"',;)]*))?/;
    const arn = /arn:aws[\w-]*:s3:::([a-z0-9.-]+)(?:\/([^\s"',;)]+))?/;
    const key = group(url, 2) ?? group(arn, 2) ?? group(/\bkey[=:] ?"?([^\s"',;\])]+)/i);
    const found = {
        jobArn: find("personalize", /^dataset-import-job\//),
        roleArn: arns.find((each) => each !== callerArn && /^arn:[^:]+:iam::\d*:role\//.test(each)),
        callerArn,
        keyArn: find("kms", /^key\//),
        bucket:
            group(/bucket policy on ([a-z0-9][a-z0-9.-]*[a-z0-9])/) ??
            group(url) ??
            group(arn) ??
            group(/(?:^|[\s/"'])([a-z0-9][a-z0-9.-]+)\.s3[.-][a-z0-9-]*\.?amazonaws\.com/) ??
            group(/\bbucket(?:Name)?[=:] ?"?([a-z0-9][a-z0-9.-]+[a-z0-9])/i),
        key: (key && withoutStops(key)) || undefined,
    };
    return {
        ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)),
        lines: [...text.matchAll(/\b(?:line|row)s?(?: number| no\.)?[ :#]*(\d+)/gi)].map(([, line]) => Number(line)),
        columns: columnsIn(text),
    };
}

function columnsIn(text: string): string[] {
    const list = /columns?: ?\[([^\]]*)\]/i.exec(text)?.[1];
    const one = /(?:characters for|value for|column) ([A-Z][A-Z0-9_]+)\b/.exec(text)?.[1];
    return list !== undefined ? list.split(/ ?, ?/).filter((name) => name !== "") : one !== undefined ? [one] : [];
}
