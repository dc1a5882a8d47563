import TestSupport

/// Documents as Microsoft Graph and xMatters send them (docs/reference/microsoft-graph.md, "Change notifications";
/// docs/reference/microsoft-graph.md, "Delta queries"; docs/reference/xmatters-api.md, "Errors"; docs/reference/xmatters-api.md,
/// "Paging"; docs/reference/xmatters-api.md, "Create and modify").
enum Corpus {
  static let notifications = #"""
    {"value":[{"changeType":"updated","clientState":"a-secret","resource":"Users/11111111-2222-4333-8444-555555555555",
     "resourceData":{"@odata.type":"#Microsoft.Graph.User","@odata.id":"Users/11111111-2222-4333-8444-555555555555",
      "id":"11111111-2222-4333-8444-555555555555","organizationId":"77777777-2222-4333-8444-555555555555",
      "eventTime":"2026-01-02T03:04:05.1234567Z","sequenceNumber":638700000000000001},
     "subscriptionExpirationDateTime":"2026-01-20T00:00:00+00:00","subscriptionId":"99999999-2222-4333-8444-555555555555",
     "tenantId":"77777777-2222-4333-8444-555555555555"}]}
    """#

  static let deltaPage = #"""
    {"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users","@odata.nextLink":"https://graph.microsoft.com/v1.0/users/delta?$skiptoken=abc",
     "value":[{"id":"a","displayName":"Zo\u00eb \ud83d\ude00","accountEnabled":true,"mobilePhone":null,"proxyAddresses":[]},
      {"id":"b","@removed":{"reason":"changed"}},
      {"id":"c","members@delta":[{"@odata.type":"#microsoft.graph.user","id":"d","@removed":{"reason":"deleted"}}]}]}
    """#

  static let batch = #"""
    {"responses":[{"id":"1","status":429,"headers":{"Retry-After":"2.5"},"body":{"error":{"code":"TooManyRequests","message":"Wait.",
     "innerError":{"date":"2026-01-02T03:04:05","request-id":"r","status":"429"}}}},{"id":"2","status":200,"body":{"id":"a","load":0.25}}]}
    """#

  static let people = #"""
    {"count":1,"total":5,"data":[{"id":"8d1e6c0a-5555-4666-8777-0123456789ab","targetName":"akeita","recipientType":"PERSON",
     "externallyOwned":true,"site":{"id":"s","name":"Default Site","links":{"self":"\/api\/xm\/1\/sites\/s"}},
     "properties":{"Cost Center":"CC-104","Level":3,"Teams":["A","B"]},"roles":{"count":1,"total":1,"data":[{"id":"r","name":"Standard User"}]}}],
     "links":{"self":"/api/xm/1/people?offset=0&limit=1","next":"/api/xm/1/people?offset=1&limit=1"}}
    """#

  static let failure =
    #"{"code":404,"reason":"Not Found","message":"Could not find a person with id \"é\u0000\\\"","rate":-1.5e-7}"#

  static let all = [notifications, deltaPage, batch, people, failure].map { Array($0.utf8) }

  /// One of the documents with up to three bytes or stretches changed, taken out, doubled or cut off.
  static func mutated(_ random: inout SeededGenerator) -> [UInt8] {
    var bytes = all[Int.random(in: 0..<all.count, using: &random)]
    for _ in 0..<Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
      case 1: bytes[place] = Array("{}[]\",:\\0-.eE1 tfn\0".utf8).randomElement(using: &random) ?? 0
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(contentsOf: bytes[place...].prefix(Int.random(in: 1..<40, using: &random)), at: place)
      default: bytes.removeSubrange(max(1, place)...)
      }
    }
    return bytes
  }
}
