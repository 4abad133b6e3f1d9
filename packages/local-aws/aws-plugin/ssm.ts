import { paginateGetParametersByPath, type SSMClient } from "@aws-sdk/client-ssm";
import type { Lookup } from "./provider.ts";

/** Returns the plugin's functions that look up SSM parameters. */
export function ssmLookups(client: SSMClient): Record<string, Lookup> {
    return {
        async "aws:ssm/getParametersByPath:getParametersByPath"({ path, recursive, withDecryption = true }) {
            const input = {
                Path: String(path),
                Recursive: Boolean(recursive),
                WithDecryption: Boolean(withDecryption),
            };
            const found = [];
            for await (const { Parameters = [] } of paginateGetParametersByPath({ client }, input)) {
                found.push(...Parameters);
            }
            return {
                id: path,
                path,
                arns: found.map(({ ARN }) => ARN),
                names: found.map(({ Name }) => Name),
                types: found.map(({ Type }) => Type),
                values: found.map(({ Value }) => Value),
            };
        },
    };
}
