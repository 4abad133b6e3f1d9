import type { Model } from "../model/model.ts";

const known = new WeakMap<Model, Map<string, number>>();

/** The numbers of a model's items by their ids; built at the first use. */
export function itemNumbers(model: Model): Map<string, number> {
    const numbers = known.get(model) ?? new Map(model.itemIds.map((itemId, number) => [itemId, number]));
    known.set(model, numbers);
    return numbers;
}
