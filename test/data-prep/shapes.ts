/** A table of at least 200 rows in the form of a public export, and the columns that hold users, items and times. */
export interface Shape {
    readonly of: string;
    readonly header: string;
    /** The delimiter; JSON lines without one. */
    readonly by?: string;
    /** Values of a row; of JSON lines also records and lists. */
    readonly row: (at: number) => readonly unknown[];
    readonly roles: string;
}

export const user = (at: number) => 1 + ((at * 7) % 41);
export const item = (at: number) => 1 + ((at * at) % 67);
export const day = (at: number) => `2026-0${1 + (at % 9)}-1${at % 9}`;
export const clock = (at: number) => `${10 + (at % 10)}:${10 + (at % 49)}:${10 + (at % 47)}`;
export const iso = (at: number) => `${day(at)}T${clock(at)}Z`;
export const verbs =
    (...words: string[]) =>
    (at: number) =>
        words[at % words.length] as string;

/** Headers from the documentation of each program. */
export const shapes: readonly Shape[] = [
    {
        of: "Shopify's orders",
        header: "Name,Email,Financial Status,Paid at,Currency,Total,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Created at,Vendor",
        by: ",",
        row: (at) => [
            ...[
                `#${1000 + at}`,
                `ann${user(at)}@mail.example`,
                "paid",
                `${day(at)} ${clock(at)} +0100`,
                "EUR",
                10 + item(at),
            ],
            ...[
                1 + (at % 3),
                `Shirt ${item(at)}`,
                `${item(at)}.50`,
                `SKU-${item(at)}`,
                `${day(at)} ${clock(at)} +0100`,
                "Acme",
            ],
        ],
        roles: "user = Email, item = Lineitem sku, time = Created at",
    },
    {
        of: "WooCommerce's orders",
        header: "Order Number,Order Status,Order Date,Email (Billing),SKU,Item Name,Quantity,Item Cost",
        by: ",",
        row: (at) => [
            at + 1,
            "completed",
            `${day(at)} ${clock(at)}`,
            `bob${user(at)}@mail.example`,
            `WC-${item(at)}`,
            `Mug ${item(at)}`,
            1,
            "9.99",
        ],
        roles: "user = Email (Billing), item = SKU, time = Order Date",
    },
    {
        of: "REES46's events",
        header: "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session",
        by: ",",
        row: (at) => [
            ...[
                `${day(at)} ${clock(at)} UTC`,
                verbs("view", "cart", "purchase")(at),
                1_000_000 + item(at),
                2_053_013_555,
                "electronics.phone",
            ],
            ...["acme", "489.07", 541_312_140 + user(at), `72d76fde-${user(at)}`],
        ],
        roles: "user = user_id, item = product_id, time = event_time, event = event_type",
    },
    {
        of: "a Spanish shop",
        header: "Nº cliente;Referencia;Fecha pedido;Importe",
        by: ";",
        row: (at) => [`C${user(at)}`, `REF-${item(at)}`, iso(at), `${item(at)},50`],
        roles: "user = Nº cliente, item = Referencia, time = Fecha pedido",
    },
    {
        of: "a French shop",
        header: "Code client;Référence;Désignation;Date commande;Quantité",
        by: ";",
        row: (at) => [`CL${user(at)}`, `R-${item(at)}`, `Chaise ${item(at)}`, iso(at), 1 + (at % 3)],
        roles: "user = Code client, item = Référence, time = Date commande",
    },
    {
        of: "views of a video service",
        header: "profile_id,title_id,watched_at,device",
        by: ",",
        row: (at) => [`p${user(at)}`, `tt${item(at)}`, iso(at), verbs("tv", "phone")(at)],
        roles: "user = profile_id, item = title_id, time = watched_at",
    },
    {
        of: "plays of a music service",
        header: "listener,track_id,played_at,ms_played",
        by: ",",
        row: (at) => [`l${user(at)}`, `tr${item(at)}`, iso(at), 1000 * item(at)],
        roles: "user = listener, item = track_id, time = played_at",
    },
    {
        of: "a Dutch shop",
        header: "klantnummer;artikelnummer;tijdstip;actie",
        by: ";",
        row: (at) => [`K${user(at)}`, `A${item(at)}`, iso(at), verbs("bekeken", "gekocht", "bekeken")(at)],
        roles: "user = klantnummer, item = artikelnummer, time = tijdstip, event = actie",
    },
    {
        of: "Mixpanel's events, flattened",
        header: "event,distinct_id,time,product_id,$browser",
        row: (at) => [
            verbs("Product Viewed", "Added To Cart")(at),
            `u-${user(at)}`,
            1_790_000_000 + at * 3600,
            `p-${item(at)}`,
            "Chrome",
        ],
        roles: "user = distinct_id, item = product_id, time = time, event = event",
    },
    {
        of: "BigCommerce's orders",
        header: "Order ID,Customer ID,Customer Name,Order Date,Product ID,Product SKU,Product Name,Product Qty",
        by: ",",
        row: (at) => [
            at + 1,
            user(at),
            `Ann ${user(at)}`,
            `${day(at)} ${clock(at)}`,
            500 + item(at),
            `BC-${item(at)}`,
            `Lamp ${item(at)}`,
            1,
        ],
        roles: "user = Customer ID, item = Product ID, time = Order Date",
    },
    {
        of: "a Polish shop",
        header: "Klient;Produkt;Data zamówienia;Ilość",
        by: ";",
        row: (at) => [`K-${user(at)}`, `P-${item(at)}`, iso(at), 1 + (at % 2)],
        roles: "user = Klient, item = Produkt, time = Data zamówienia",
    },
    {
        of: "PrestaShop's order details",
        header: "id_order;id_customer;product_reference;product_name;date_add;product_quantity",
        by: ";",
        row: (at) => [at + 1, user(at), `PS-${item(at)}`, `Vase ${item(at)}`, `${day(at)} ${clock(at)}`, 1],
        roles: "user = id_customer, item = product_reference, time = date_add",
    },
    {
        of: "Spotify's extended history",
        header: "ts,username,ms_played,master_metadata_track_name,spotify_track_uri,skipped",
        row: (at) => [
            iso(at),
            `u${user(at)}`,
            1000 * item(at),
            `Song ${item(at)}`,
            `spotify:track:${item(at)}`,
            "false",
        ],
        roles: "user = username, item = spotify_track_uri, time = ts",
    },
    {
        // https://support.google.com/analytics/answer/7029846
        of: "GA4's export to BigQuery",
        header: "event_date,event_timestamp,event_name,event_params,user_pseudo_id,user_properties,user_first_touch_timestamp,device,stream_id,items",
        row: (at) => [
            ...[day(at).replaceAll("-", ""), `${1_790_000_000_000_000 + at * 3_600_000_123}`],
            verbs("page_view", "view_item", "purchase")(at),
            [
                { key: "page_location", value: { string_value: `https://shop.example/${item(at)}` } },
                { key: "ga_session_id", value: { int_value: `${1_790_000_000 + user(at)}` } },
            ],
            ...[
                `${1_000_000_000 + user(at)}.${1_600_000_000 + user(at)}`,
                [],
                "1780000000000000",
                { category: "mobile" },
                "21",
            ],
            at % 3 === 0
                ? []
                : [at, at + 7].map((each) => ({
                      item_id: `SKU_${item(each)}`,
                      item_name: `Mug ${item(each)}`,
                      price: 9,
                  })),
        ],
        roles: "user = user_pseudo_id, item = items[].item_id, time = event_timestamp, event = event_name",
    },
];

/** Returns the file of a shape with 240 rows. */
export function shapeText({ header, by, row }: Shape): string {
    const rows = Array.from({ length: 240 }, (_, at) => row(at));
    if (by !== undefined) return `${[header, ...rows.map((cells) => cells.join(by))].join("\n")}\n`;
    const names = header.split(",");
    return rows
        .map((cells) => `${JSON.stringify(Object.fromEntries(names.map((name, at) => [name, cells[at]])))}\n`)
        .join("");
}
