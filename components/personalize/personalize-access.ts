import type * as pulumi from "@pulumi/pulumi";
import { ImportAccess, type ImportAccessArgs } from "pulumi-personalize/components/import-access";

/** The access of Amazon Personalize to the data bucket, which `DataBucket` gives its policy. */
export class PersonalizeAccess extends ImportAccess {
    constructor(name: string, args: ImportAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super(name, { ...args, setBucketPolicy: false }, opts, "movie-recommender:access:PersonalizeAccess");
    }
}
