// The parts of an application's log that have the same order in every run, whatever the network does.

const CONNECTION_EVENTS = ["icegatheringstatechange", "iceconnectionstatechange", "connectionstatechange"];

/** By what was compared: the log of one run, as texts that are the same in every run of a stack. */
export function ordersOf(log, { isDeterministic }) {
  const orders = {};
  for (const name of ["alice", "bob"]) {
    const mine = log.filter((line) => line.name === name);
    const isCall = ({ subject }) => !CONNECTION_EVENTS.includes(subject) && subject !== "datachannel";
    const calls = mine.filter((line) => isCall(line) && line.subject !== "negotiationneeded");
    orders[`${name}: calls, promises, microtasks and signalingstatechange`] = calls.map(({ subject, what }) => `${subject}: ${what}`);
    for (const event of [...CONNECTION_EVENTS, "signalingstatechange", "negotiationneeded"]) {
      // How often an event is fired depends on the network, but not how it is dispatched.
      orders[`${name}: handlers of ${event}`] = [...new Set(dispatches(mine, event))].sort();
    }
    const closed = mine.slice(mine.findIndex(({ subject }) => subject === "close"));
    orders[`${name}: close()`] = closed.filter(({ subject }) => subject === "close").map(({ what, values }) => `${what} (${values})`);
    if (isDeterministic) {
      const all = mine.filter(({ subject }) => subject !== "negotiationneeded" && subject !== "datachannel");
      orders[`${name}: everything, with values`] = all.map(({ subject, what, values }) => `${subject}: ${what} (${values})`);
    }
  }
  return orders;
}

/** Each dispatch of an event, as the order of what ran in it. */
function dispatches(log, event) {
  const found = [];
  for (const { what } of log.filter(({ subject }) => subject === event)) {
    const last = found[found.length - 1];
    if (last === undefined || last.includes(what)) {
      found.push([what]);
    } else {
      last.push(what);
    }
  }
  return found.map((order) => order.join(", "));
}
