import { request } from "node:http";
import { text } from "node:stream/consumers";
import { strToU8, zipSync } from "fflate";
import { region } from "../../../../../test/support/local-aws.ts";
import { signedHeaders } from "../../signed.ts";
import { account, type Enforcing } from "../enforcement/support.ts";

export interface Answered {
    readonly status: number;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
}

export interface Asked {
    readonly method?: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
}

/** Sends a request with exactly the given headers, including Host. */
export function ask(port: number, { method = "GET", path, headers = {}, body }: Asked): Promise<Answered> {
    return new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port, path, method, headers, setHost: headers.host === undefined };
        const outgoing = request(options, async (answer) => {
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) });
        });
        outgoing.once("upgrade", (answer, socket) => {
            socket.destroy();
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: "" });
        });
        outgoing.once("error", reject);
        outgoing.end(body);
    });
}

/** Returns a signed IAM GET for a Host name. After DNS rebinding, a page can send it without a preflight. */
export function iamGet(host: string, parameters: Record<string, string>, more: Record<string, string> = {}): Asked {
    const query = new URLSearchParams({ Version: "2010-05-08", ...parameters });
    query.sort();
    const url = new URL(`http://${host}/?${query}`);
    return { path: `/?${query}`, headers: { host, ...signedHeaders("GET", url, "", "us-east-1", "iam"), ...more } };
}

const code = Buffer.from(
    zipSync({ "index.js": strToU8("exports.handler = async () => 'code runs as uid ' + process.getuid();") }),
).toString("base64");

/** Returns CreateFunction or Invoke, signed for a Host name. */
export function lambdaPost(host: string, name: string, invoke: boolean, more: Record<string, string> = {}): Asked {
    const path = `/2015-03-31/functions${invoke ? `/${name}/invocations` : ""}`;
    const Role = `arn:aws:iam::${account}:role/page`;
    const createInput = {
        FunctionName: name,
        Role,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile: code },
    };
    const body = invoke ? "{}" : JSON.stringify(createInput);
    const signed = signedHeaders("POST", new URL(`http://${host}${path}`), body, region, "lambda");
    return { method: "POST", path, body, headers: { host, ...signed, ...more } };
}

/** Returns the names of all users and functions of a local AWS, which web pages in the tests try to create. */
export async function resourceNames({ iam, lambda }: Enforcing["admin"]): Promise<string[]> {
    const { Users = [] } = await iam.listUsers({});
    const { Functions = [] } = await lambda.listFunctions({});
    return [...Users.map(({ UserName }) => String(UserName)), ...Functions.map((each) => String(each.FunctionName))];
}
