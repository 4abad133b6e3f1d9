import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { newestTablesKey, tablesKey } from "../../config/names.ts";
import { readContentOnce } from "../../data-prep/content.ts";
import { nameInArn } from "../../personalize/operations/operation.ts";

export interface StoredTablesArgs {
    readonly bucketName: pulumi.Input<string>;
    /** Local path of the fallback tables. */
    readonly path: string;
    readonly solutionVersionArn: pulumi.Input<string>;
}

/**
 * Uploads the fallback tables of a solution version as an object of the data bucket. The API uses them when the
 * campaign serves the version. The object stays when the stack has a newer version, because a rollback needs it; the
 * deletion of the bucket deletes all of them. Returns the resources that the campaign must wait for.
 */
export function storeTables(
    name: string,
    { bucketName, path, solutionVersionArn }: StoredTablesArgs,
    opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
    const version = pulumi.output(solutionVersionArn).apply(nameInArn);
    const tables = new aws.s3.BucketObjectv2(
        `${name}-tables`,
        {
            bucket: bucketName,
            key: version.apply(tablesKey),
            source: new pulumi.asset.FileAsset(path),
            metadata: { sha256: pulumi.output(readContentOnce(path)).contentHash },
            contentType: "application/json",
        },
        { ...opts, retainOnDelete: true },
    );
    const newest = new aws.s3.BucketObjectv2(
        `${name}-newest-tables`,
        { bucket: bucketName, key: newestTablesKey, content: version, contentType: "text/plain" },
        { ...opts, dependsOn: tables },
    );
    return [tables, newest];
}
