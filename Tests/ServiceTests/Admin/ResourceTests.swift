import HTTPTypes
import Hummingbird
import JSON
import ProvisioningModel
import TestSupport
import Testing
@testable import Service

@Suite("Connections, escrows and expressions over HTTP")
struct ResourceTests {
  @Test("Given links, they are listed, read one by one, and unlinked once")
  func connections() async throws {
    let rig = try AdminRig()
    for number in 1...5 {
      rig.state.put(
        Link(
          objectID: .sample(number), personID: PersonID("person-\(number)"),
          condition: number == 5 ? .released : .active, targetName: "user\(number)"))
    }
    let first = await rig.call(.get, "/api/v1/connections?top=3")
    #expect(try first.values("targetAnchor") == ["person-1", "person-2", "person-3"])
    let rest = await rig.call(.get, try #require(first.nextLink))
    #expect(try rest.values("state") == ["active", "released"])
    #expect(rest.nextLink == nil)
    let path = "/api/v1/connections/\(ObjectID.sample(2).rawValue.uppercased())"
    let one = try await rig.call(.get, path).json
    #expect(one["objectId"]?.string == ObjectID.sample(2).rawValue)
    #expect(one["displayName"]?.string == "user2")
    #expect(await rig.call(.delete, path).status == .noContent)
    for method in [HTTPRequest.Method.get, .delete] {
      let answer = await rig.call(method, path)
      #expect(answer.status == .notFound)
      #expect(answer.errorCode == "NotFound")
    }
    #expect(rig.state.allLinks.count == 4)
  }

  @Test("Given links of groups, they stand among those of users and are read and unlinked as they are")
  func groupConnections() async throws {
    let rig = try AdminRig()
    rig.state.put(Link(objectID: .sample(1), personID: PersonID("person-1")))
    rig.state.put(GroupLink(objectID: .sample(2), groupID: GroupID("group-2"), targetName: "On call"))
    rig.state.put(Link(objectID: .sample(3), personID: PersonID("person-3")))
    let page = await rig.call(.get, "/api/v1/connections")
    #expect(try page.values("objectTypeName") == ["User", "Group", "User"])
    let path = "/api/v1/connections/\(ObjectID.sample(2))"
    #expect(
      try await rig.call(.get, path).json.value == [
        "objectId": .string(ObjectID.sample(2).rawValue), "objectTypeName": "Group",
        "sourceAnchor": .string(ObjectID.sample(2).rawValue), "targetAnchor": "group-2", "displayName": "On call",
        "state": "active",
      ])
    #expect(await rig.call(.delete, path).status == .noContent)
    #expect(await rig.call(.delete, path).status == .notFound)
    #expect(rig.state.allGroupLinks.isEmpty && rig.state.allLinks.count == 2)
  }

  @Test("Given escrows, each says what failed, how often, and when it is tried again")
  func escrows() async throws {
    let rig = try AdminRig()
    let exchange = Exchange(upstream: "xmatters", method: "POST", route: "/people/{id}", status: 400, message: "bad")
    for number in 1...3 {
      let escrow = Escrow(
        objectID: .sample(number), kind: .user,
        failure: Failure(
          .escrow, .badRequest, "Refused.", advice: "Look.", exchange: number == 1 ? exchange : nil), attempts: number,
        firstFailure: FixedClock.start, lastAttempt: FixedClock.start + .seconds(5),
        nextAttempt: number == 1 ? FixedClock.start + .seconds(65) : nil)
      try await rig.state.record(
        RunRecord(objectID: .sample(number), link: .unchanged, escrow: .set(escrow), entry: nil))
    }
    let page = await rig.call(.get, "/api/v1/escrows?top=2")
    let escrow = try #require(try page.json["value"]?[0])
    #expect(
      escrow.value == [
        "objectId": .string(ObjectID.sample(1).rawValue), "objectTypeName": "User",
        "errorCode": .string(ErrorCode.badRequest.rawValue), "reason": "Refused.", "recommendedAction": "Look.",
        "request": ["method": "POST", "route": "/people/{id}"], "response": ["status": 400, "message": "bad"],
        "attempts": 1, "firstFailure": "2026-01-02T03:00:00.000Z", "lastAttempt": "2026-01-02T03:00:05.000Z",
        "nextAttempt": "2026-01-02T03:01:05.000Z",
      ])
    #expect(try await rig.call(.get, try #require(page.nextLink)).values("objectId").count == 1)
  }

  @Test("Given orphans, each is listed with its key, what it is in xMatters, and since when it is known")
  func orphans() async throws {
    let rig = try AdminRig()
    for number in 1...2 {
      rig.state.put(
        Link(
          objectID: .sample(number), personID: PersonID("person-\(number)"), targetName: "user\(number)",
          proof: .unproven, orphanSince: FixedClock.start))
    }
    rig.state.put(Link(objectID: .sample(3), personID: PersonID("person-3")))
    rig.state.put(
      GroupLink(objectID: .sample(4), groupID: GroupID("group-4"), proof: .unproven, orphanSince: FixedClock.start))
    let page = await rig.call(.get, "/api/v1/orphans?top=2")
    #expect(
      try page.json["value"]?[0]?.value == [
        "objectId": .string(ObjectID.sample(1).rawValue), "objectTypeName": "User",
        "externalKey": .string("entra:" + ObjectID.sample(1).rawValue), "personId": "person-1", "targetName": "user1",
        "displayName": "user1", "reason": "neverKnown", "firstSeen": "2026-01-02T03:00:00.000Z",
      ])
    let rest = await rig.call(.get, try #require(page.nextLink))
    #expect(try rest.values("groupId") == ["group-4"] && rest.nextLink == nil)
  }

  @Test(
    "Given an expression, it is evaluated as the command does",
    arguments: [
      (#"{"expression": "Join(\", \", [a], [b])", "attributes": {"a": "x", "b": "y"}}"#, #"{"value":"x, y"}"#),
      (#"{"expression": "[a]"}"#, #"{"value":null}"#),
      (#"{"expression": "IgnoreFlowIfNullOrEmpty([a])"}"#, #"{"skip":true}"#),
      (#"{"expression": "[a]", "attributes": {"a": ["x", "y"]}, "now": null}"#, #"{"value":["x","y"]}"#),
    ])
  func evaluation(body: String, expected: String) async throws {
    let answer = try await AdminRig().call(.post, "/api/v1/expressions/evaluate", body: body)
    #expect(answer.status == .ok)
    #expect(answer.text == expected)
  }

  @Test("Given an expression that is none, the answer says where it breaks")
  func invalidExpression() async throws {
    let answer = try await AdminRig().call(.post, "/api/v1/expressions/evaluate", body: #"{"expression": "Nope([a]"}"#)
    #expect(answer.status == .ok)
    #expect(try answer.json["error"]?.string?.contains("column") == true)
  }

  @Test(
    "Given a body that is no request, the answer is 400",
    arguments: [
      "", "[]", "{", #"{"attributes": {}}"#, #"{"expression": 5}"#, #"{"expression": "[a]", "attributes": []}"#,
      #"{"expression": "[a]", "now": "today"}"#, #"{"expression": "[a]", "now": 5}"#,
      #"{"expression": "[a]", "taken": "x"}"#, #"{"expression": "[a]", "taken": [1]}"#,
      #"{"expression": "[a]", "defaultDomain": {}}"#,
    ])
  func malformedEvaluation(body: String) async throws {
    let answer = try await AdminRig().call(.post, "/api/v1/expressions/evaluate", body: body)
    #expect(answer.status == .badRequest)
    #expect(answer.errorCode == "BadRequest")
  }

  @Test("Given a body of another type, the answer is 415")
  func contentType() async throws {
    let answer = try await AdminRig().call(
      .post, "/api/v1/expressions/evaluate", body: #"{"expression": "[a]"}"#, contentType: "text/plain")
    #expect(answer.status == .unsupportedMediaType)
  }
}
