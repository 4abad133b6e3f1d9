import type { components } from "./types.ts";

type Schemas = components["schemas"];

export type Source = Schemas["Source"];
export type ItemAnswer = Schemas["Item"];
export type ListedItem = Schemas["ListedItem"];
/** A list as viewers see it: in an experiment without its source. */
export type ShownList = Schemas["ItemList"];
export type ItemListAnswer = ShownList & { readonly source: Source };
export type ItemListReason = NonNullable<ItemListAnswer["reason"]>;
export type HistoryAnswer = Schemas["History"];
export type FoundItems = Schemas["FoundItems"];
export type EventsRequest = Schemas["EventsRequest"];
export type EventsAnswer = Schemas["EventsAnswer"];
export type HealthAnswer = Schemas["Health"];
export type Problem = Schemas["Problem"];
