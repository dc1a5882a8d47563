import JSON
import MicrosoftGraph
import ProvisioningModel
import Testing

@Suite("Notifications are sifted: ids of what may have changed, and nothing else")
struct NotificationBatchTests {
  private static let tenant = "11111111-1111-1111-1111-AAAAAAAAAAAA"

  private static func item(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
    var item: JSONValue = [
      "changeType": "updated", "clientState": "s3cret", "resource": .string("Users/\(id(1))"),
      "resourceData": [
        "@odata.type": "#Microsoft.Graph.User", "@odata.id": .string("Users/\(id(1))"), "id": .string(id(1).rawValue),
        "organizationId": .string(tenant), "eventTime": "2026-01-02T03:04:05.1234567Z",
        "sequenceNumber": 638_700_000_000_000_000,
      ],
      "subscriptionExpirationDateTime": "2026-01-20T00:00:00+00:00", "subscriptionId": "sub",
      "tenantId": .string(tenant),
    ]
    for (key, value) in changes { item[key] = value }
    return item
  }

  private static func parse(_ items: [JSONValue], states: [String] = ["s3cret"]) throws -> NotificationBatch {
    let body: JSONValue = ["value": .array(items), "validationTokens": ["x"]]
    return try NotificationBatch(parsing: body.serialized(), clientStates: states, tenantID: tenant)
  }

  @Test(
    "Every shape that Graph sends is understood",
    arguments: [
      ([:], .user), (["resource": "users/\(id(1).rawValue.uppercased())", "resourceData": nil], .user),
      (["resource": "/Users/\(id(1))", "resourceData": .null], .user),
      (["resource": nil], .user), (["changeType": nil, "tenantId": nil, "subscriptionId": nil], .user),
      (["tenantId": .string(tenant.lowercased())], .user), (["changeType": "deleted"], .user),
      (["resourceData": ["id": .string(id(1).rawValue), "sequenceNumber": "638700000000000000"]], .user),
      (
        [
          "resource": .string("Groups/\(id(1))"),
          "resourceData": [
            "@odata.type": "#Microsoft.Graph.Group", "id": .string(id(1).rawValue),
            "members@delta": [["id": .string(id(2).rawValue), "@removed": "deleted"]],
          ],
        ], .group
      ),
      (["resource": .string("groups/\(id(1))/members"), "resourceData": nil], .group),
    ] as [([String: JSONValue?], ObjectKind)])
  func shapes(changes: [String: JSONValue?], kind: ObjectKind) throws {
    let batch = try Self.parse([Self.item(changes)])
    #expect(batch.changed.map(\.kind) == [kind])
    #expect(batch.changed.map(\.id) == [id(1)])
    #expect(batch.dropped == 0)
  }

  @Test(
    "What does not prove itself, or says nothing, is dropped and counted by reason",
    arguments: [
      (["clientState": "s3creT"], .clientState), (["clientState": "s3cret2"], .clientState),
      (["clientState": nil], .clientState), (["clientState": ""], .clientState), (["clientState": .null], .clientState),
      (["tenantId": .string(id(9).rawValue)], .tenant),
      (["resource": "me/messages/1", "resourceData": nil], .malformed),
      (["resource": "Users", "resourceData": nil], .malformed),
      (["resourceData": ["id": "../../secrets"]], .malformed), (["resourceData": ["id": "NA"]], .malformed),
      (["lifecycleEvent": "unheardOf"], .malformed),
    ] as [([String: JSONValue?], NotificationBatch.DropReason)])
  func drops(changes: [String: JSONValue?], reason: NotificationBatch.DropReason) throws {
    let batch = try Self.parse([Self.item(changes), Self.item()])
    #expect(batch.accepted == 1, "the other item is taken")
    #expect(batch.drops == [reason: 1])
  }

  @Test("While the tenant's id is not known, the client state decides alone")
  func unknownTenant() throws {
    let body: JSONValue = [
      "value": [Self.item(["tenantId": .string(id(9).rawValue)]), Self.item(["clientState": "x"])]
    ]
    let batch = try NotificationBatch(parsing: body.serialized(), clientStates: ["s3cret"], tenantID: nil)
    #expect(batch.accepted == 1 && batch.drops == [.clientState: 1])
  }

  @Test("A number beyond 64 bits, in a field that is not read, does not cost the batch")
  func hugeNumber() throws {
    let body = Self.item().text.replacing("638700000000000000", with: "99999999999999999999")
    let batch = try NotificationBatch(
      parsing: Array(#"{"value": [\#(body)]}"#.utf8), clientStates: ["s3cret"], tenantID: Self.tenant)
    #expect(batch.changed.map(\.id) == [id(1)])
  }

  @Test("An item that is no object is dropped; the others are taken")
  func noObject() throws {
    let batch = try Self.parse([1, nil, "x", Self.item()])
    #expect(batch.accepted == 1)
    #expect(batch.drops == [.malformed: 3])
  }

  @Test("Two secrets are accepted while one replaces the other; an empty one never")
  func clientStates() throws {
    let items = [Self.item(["clientState": "old"]), Self.item(), Self.item(["clientState": ""])]
    let batch = try Self.parse(items, states: ["s3cret", "old", ""])
    #expect(batch.accepted == 2)
    #expect(batch.drops == [.clientState: 1])
  }

  @Test("Lifecycle events may stand among changes, with few fields or many")
  func lifecycle() throws {
    let bare: JSONValue = [
      "clientState": "s3cret", "subscriptionId": "one", "lifecycleEvent": "reauthorizationRequired",
    ]
    let batch = try Self.parse([
      bare, Self.item(["lifecycleEvent": "subscriptionRemoved"]), Self.item(["lifecycleEvent": "missed"]), Self.item(),
    ])
    #expect(batch.lifecycle.map(\.event) == [.reauthorizationRequired, .subscriptionRemoved, .missed])
    #expect(batch.lifecycle.map(\.subscriptionID) == ["one", "sub", "sub"])
    #expect(batch.changed.count == 1)
  }

  @Test(
    "A body that is no collection is refused, without being repeated",
    arguments: ["", "secret", "[]", "{}", #"{"value": {}}"#, #"{"value": null}"#, #"{"value": ["#])
  func malformed(body: String) {
    #expect {
      try NotificationBatch(parsing: Array(body.utf8), clientStates: ["s"], tenantID: "t")
    } throws: { error in
      guard case NotificationBatch.Refusal.malformed(let why) = error else { return false }
      return !why.contains("secret")
    }
  }

  @Test("A lifecycle event counts once for each subscription, and no more than a hundred of them in a body")
  func lifecycleFlood() throws {
    func event(_ name: String, _ id: String) -> JSONValue {
      ["clientState": "s3cret", "lifecycleEvent": .string(name), "subscriptionId": .string(id)]
    }
    let doubled = try Self.parse(
      Array(repeating: event("missed", "sub"), count: 50) + [event("subscriptionRemoved", "sub")])
    #expect(doubled.lifecycle.map(\.event) == [.missed, .subscriptionRemoved] && doubled.accepted == 51)
    let flood = try Self.parse((0..<150).map { event("missed", "sub-\($0)") })
    #expect(flood.lifecycle.count == 100 && flood.accepted == 100 && flood.dropped == 50)
    #expect(try Self.parse([event("missed", String(repeating: "\u{301}", count: 1000))]).accepted == 0)
  }

  @Test("An empty collection is fine")
  func empty() throws {
    #expect(try Self.parse([]).accepted == 0)
  }

  @Test(
    "So many items and so many values, and no more",
    arguments: [
      (Array(repeating: 0, count: NotificationBatch.maxItems), false),
      (Array(repeating: 0, count: NotificationBatch.maxItems + 1), true),
      // The array of items and the object around it are values, too.
      ([.array(Array(repeating: [:], count: NotificationBatch.maxValues - 3))], false),
      ([.array(Array(repeating: [:], count: NotificationBatch.maxValues - 2))], true),
      ([.object(Dictionary(uniqueKeysWithValues: (0..<NotificationBatch.maxValues).map { ("\($0)", "") }))], true),
    ] as [([JSONValue], Bool)])
  func limits(items: [JSONValue], isOversized: Bool) throws {
    let body = JSONValue.object(["value": .array(items)]).serialized()
    do {
      let batch = try NotificationBatch(parsing: body, clientStates: ["s"], tenantID: "t")
      #expect(!isOversized && batch.dropped == items.count)
    } catch NotificationBatch.Refusal.oversized {
      #expect(isOversized)
    }
  }

  @Test(
    "Secrets are compared whole",
    arguments: [
      ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "aa", false), ("aa", "a", false), ("", "a", false),
      ("a", "", false), ("é", "é", true), ("abc", "abd", false),
    ])
  func constantTime(left: String, right: String, isEqual: Bool) {
    #expect(ConstantTime.isEqual(left, right) == isEqual)
  }
}
