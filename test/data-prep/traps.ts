/**
 * Tables in which a stranger found a wrong column without a question: header, three rows, and the right columns, or the
 * role for which data-prep asks.
 */
export const traps: readonly (readonly [header: string, rows: string, right: string])[] = [
    [
        "Kundnummer,Artikelnummer,Orderdatum,Leveransdatum",
        "723,A-23,2024-03-01 08:13,2024-03-04 02:40;747,A-13,2024-03-01 08:48,2024-03-04 03:23;732,A-01,2024-03-01 09:22,2024-03-04 03:57",
        "item = Artikelnummer, time = Orderdatum, user = Kundnummer",
    ],
    [
        "customer_id,product_id,bought,signup",
        "k47,p25,2024-03-05,2022-03-07;k48,p26,2024-03-06,2022-03-08;k49,p25,2024-03-07,2022-03-09",
        "item = product_id, time = bought, user = customer_id",
    ],
    [
        "customer,product,date_of_birth,purchase_ts",
        "C021,P017,2007-01-20,1709281113;C000,P025,2007-01-26,1709282691;C005,P010,2007-02-01,1709284534",
        "item = product, time = purchase_ts, user = customer",
    ],
    [
        "customer_id,product_id,product_created_at",
        "C044,P019,2022-08-23 18:41:14;C048,P008,2022-08-23 19:31:21;C031,P039,2022-08-23 19:56:08",
        "time",
    ],
    [
        "member_id,course_id,enrolled,expires,last_login",
        "m20,c7,2024-03-01,2024-03-15,2024-03-06 21:36:51;m21,c8,2024-03-01,2024-03-15,2024-03-06 21:36:51;m20,c9,2024-03-02,2024-03-16,2024-03-07 21:36:51",
        "item = course_id, time = enrolled, user = member_id",
    ],
    [
        "user_id,customer_id,product_id,order_date",
        "11,109,510,2024-03-01 08:17:06;12,137,508,2024-03-01 08:39:27;14,104,501,2024-03-01 09:15:52",
        "user",
    ],
    [
        "utilisateur,client,article,date_commande",
        "vendeur2,115,a37,2024-03-01;vendeur1,110,a38,2024-03-01;vendeur1,100,a39,2024-03-02",
        "user",
    ],
    [
        "user,customer_number,product,product_code,ordered_on,due_on",
        "0,9005,Shoes,k36,2024-03-01,2024-03-15;1,9006,Shoes,k37,2024-03-01,2024-03-15;0,9007,Hats,k36,2024-03-02,2024-03-16",
        "item = product_code, time = ordered_on, user = customer_number",
    ],
    [
        "anonymous_id,product_id,timestamp,user_id",
        "710d,p17,1709281113,;30c2,p31,1709281213,424;30c3,p31,1709281313,",
        "user",
    ],
    [
        "Order Date,Email (Billing),SKU,Product ID,Item #",
        "2024-03-01 08:01,ned1@example.com,w17,315,1;2024-03-01 08:02,ned2@example.com,w18,308,2;2024-03-01 08:03,ned1@example.com,w19,303,3",
        "item = Product ID, time = Order Date, user = Email (Billing)",
    ],
    [
        "customer_id,product_id,date,transaction_type",
        "138,d16,2024-03-01,sale;113,d25,2024-03-01,return;137,d36,2024-03-01,sale;137,d16,2024-03-02,return",
        "event = transaction_type, item = product_id, time = date, user = customer_id",
    ],
    [
        "createTime,timeStamp,customerID,itemID",
        "2024-03-01T08:12:36Z,2024-03-01T23:01:18Z,3032,211;2024-03-01T08:39:14Z,2024-03-01T23:56:11Z,3016,245;2024-03-02T08:39:14Z,2024-03-02T21:56:11Z,3032,245",
        "time",
    ],
    [
        "date,user_id,title,rating_key",
        "1709280201,119,Rain Coat,31026;1709282806,118,Blue Mug,31013;1709284176,119,Blue Mug,31026",
        "item",
    ],
    [
        "ts,device,account,article_id",
        "1709280768000,93f5,acct-07,A08;1709282605000,75c1,acct-02,A03;1709282705000,93f5,acct-02,A08",
        "user",
    ],
    [
        "timestamp,user_id,item_id,order_date",
        "2024-05-01,104,a30,2024-03-01;2024-05-01,146,a20,2024-03-01;2024-05-01,104,a20,2024-03-02",
        "item = item_id, time = order_date, user = user_id",
    ],
    [
        "user_id,item_id,event_type,event_name,ts",
        "1009,k39,track,view,1709280350;1041,k25,track,view,1709283380;1009,k25,track,buy,1709283390",
        "event = event_name, item = item_id, time = ts, user = user_id",
    ],
    [
        "client_id,profile,video_id,played",
        "app-24,u10,v08,1709280003;app-20,u51,v25,1709282376;app-24,u51,v08,1709282476",
        "user",
    ],
    ["session_id,item_id,ts,event", "s09,p59,1709280005,buy;s10,p29,1709282669,view;s09,p29,1709282769,view", "user"],
    [
        "customer_id,sku,product_id,date",
        "c1,,p1,2024-03-13;c2,,p2,2024-03-14;c2,,p1,2024-03-15",
        "item = product_id, time = date, user = customer_id",
    ],
    [
        "Date,Time,Item,SKU,Customer ID",
        "2024-03-13,08:13:48,Latte,SQ1,c1;2024-03-13,08:15:48,Tea,SQ2,c2;2024-03-14,08:13:48,Latte,SQ1,c2",
        "item = SKU, time = Date, user = Customer ID",
    ],
];
