// Sends two events in one request, then looks for one of them.
const loggly = require('loggly');

const client = loggly.createClient({
  token: process.env.TOKEN,
  subdomain: 'shop',
  host: process.env.HOST,
  auth: { username: 'owner', password: process.env.PASSWORD },
  json: true,
});
client.urls.api = `https://${process.env.HOST}/apiv2`;

const check = (error) => {
  if (error) throw error;
};
client.log([{ message: 'one', n: 1 }, { message: 'two', n: 2 }], (error) => {
  check(error);
  client.search({ query: 'json.n:2', from: '-10m', until: 'now' }).run((failure, results) => {
    check(failure);
    const found = results.events.map((event) => event.event.json.message);
    if (results.total_events !== 1 || found.join() !== 'two') {
      throw new Error(JSON.stringify(results));
    }
    client.customer((refusal, customer) => {
      check(refusal);
      if (!customer.subscription) throw new Error(JSON.stringify(customer));
      process.exit(0);
    });
  });
});
