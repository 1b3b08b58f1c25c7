/** MsgType(35) to its FIX 4.4 name, for the types that a desk meets; another type is shown as it is. */
const NAMES: Readonly<Record<string, string>> = {
  '0': 'Heartbeat',
  '1': 'TestRequest',
  '2': 'ResendRequest',
  '3': 'Reject',
  '4': 'SequenceReset',
  '5': 'Logout',
  A: 'Logon',
  '6': 'IOI',
  '8': 'ExecutionReport',
  '9': 'OrderCancelReject',
  B: 'News',
  D: 'NewOrderSingle',
  F: 'OrderCancelRequest',
  G: 'OrderCancelReplaceRequest',
  H: 'OrderStatusRequest',
  Q: 'DontKnowTrade',
  R: 'QuoteRequest',
  S: 'Quote',
  V: 'MarketDataRequest',
  W: 'MarketDataSnapshot',
  X: 'MarketDataIncremental',
  Y: 'MarketDataRequestReject',
  Z: 'QuoteCancel',
  b: 'MassQuoteAcknowledgement',
  c: 'SecurityDefinitionRequest',
  d: 'SecurityDefinition',
  e: 'SecurityStatusRequest',
  f: 'SecurityStatus',
  g: 'TradingSessionStatusRequest',
  h: 'TradingSessionStatus',
  i: 'MassQuote',
  j: 'BusinessMessageReject',
  x: 'SecurityListRequest',
  y: 'SecurityList',
  AE: 'TradeCaptureReport',
  AI: 'QuoteStatusReport',
  AJ: 'QuoteResponse',
};

export const messageName = (msgType: string): string => NAMES[msgType] ?? (msgType === '' ? 'no MsgType' : `35=${msgType}`);

const SHORT: Readonly<Record<string, string>> = {
  '8': 'ExecReport',
  '9': 'CancelReject',
  D: 'NewOrder',
  F: 'CancelRequest',
  G: 'CancelReplace',
  V: 'MD Request',
  W: 'MD Snapshot',
  X: 'MD Increment',
  Y: 'MD Reject',
  j: 'BusinessReject',
};

/** As messageName, for where there is little room. */
export const shortMessageName = (msgType: string): string => SHORT[msgType] ?? messageName(msgType);
