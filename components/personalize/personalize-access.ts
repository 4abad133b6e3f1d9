import type * as pulumi from "@pulumi/pulumi";
import { ImportAccess, type ImportAccessArgs } from "pulumi-personalize/components/import-access";

/**
 * The permissions of Amazon Personalize to read the data bucket, without the bucket policy, which the component
 * `DataBucket` sets.
 */
export class PersonalizeAccess extends ImportAccess {
    constructor(name: string, args: ImportAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super(name, { ...args, setBucketPolicy: false }, opts, "movie-recommender:access:PersonalizeAccess");
    }
}
