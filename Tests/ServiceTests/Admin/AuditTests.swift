import Foundation
import HTTPTypes
import JSON
import ProvisioningModel
import TestSupport
import Testing
@testable import Service

@Suite("The audit log")
struct AuditTests {
  @Test("Given orders, each is written down with who, from where, what and with what result; the newest comes first")
  func orders() async throws {
    let rig = try AdminRig()
    await rig.call(.post, "/api/v1/job/pause")
    await rig.call(.post, "/api/v1/job/start", token: AdminRig.readToken)
    await rig.call(.delete, "/api/v1/connections/\(ObjectID.sample(7).rawValue)")
    await rig.call(.post, "/api/v1/job/restart", body: #"{"criteria": {"resetScope": "Everything"}}"#)
    let answer = await rig.call(.get, "/api/v1/audit", token: AdminRig.readToken)
    #expect(try answer.values("action") == ["restartJob", "deleteConnection", "startJob", "pauseJob"])
    #expect(try answer.values("result") == ["failed", "failed", "refused", "success"])
    #expect(try answer.values("actor") == ["admin token", "admin token", "read token", "admin token"])
    #expect(try answer.values("address").allSatisfy { $0 == "192.0.2.7" })
    let items = try answer.json["value"].map { Array($0.elements) } ?? []
    #expect(items.compactMap { $0["status"]?.integer } == [400, 404, 403, 204])
    #expect(items[1]["objectIds"]?.elements.compactMap(\.string) == [ObjectID.sample(7).rawValue])
  }

  @Test("Given reads, evaluations, dry runs and strangers, nothing is written down")
  func noOrders() async throws {
    let rig = try AdminRig()
    await rig.call(.get, "/api/v1/job")
    await rig.call(.post, "/api/v1/expressions/evaluate", body: #"{"expression": "\"a\"", "attributes": {}}"#)
    let subjects = #""subjects": [{"objectId": "\#(ObjectID.sample(1).rawValue)", "objectTypeName": "User"}]"#
    await rig.call(.post, "/api/v1/job/provisionOnDemand", body: #"{\#(subjects), "dryRun": true}"#)
    await rig.call(.post, "/api/v1/job/pause", token: "wrong")
    #expect(try await rig.call(.get, "/api/v1/audit").values("action").isEmpty)
  }

  @Test("Given an order for several objects, the entry names them")
  func subjects() async throws {
    let rig = try AdminRig()
    let subjects = (1...2).map { #"{"objectId": "\#(ObjectID.sample($0).rawValue)", "objectTypeName": "User"}"# }
    await rig.call(
      .post, "/api/v1/job/provisionOnDemand", body: #"{"subjects": [\#(subjects.joined(separator: ","))]}"#)
    let entry = try await rig.call(.get, "/api/v1/audit").json["value"]?.elements.first { _ in true }
    #expect(entry?["objectIds"]?.elements.compactMap(\.string) == (1...2).map { ObjectID.sample($0).rawValue })
  }

  @Test("Given more orders than a page holds, the next link leads on; a place that was made up is refused")
  func pages() async throws {
    let rig = try AdminRig()
    for _ in 0..<3 { await rig.call(.post, "/api/v1/job/pause") }
    let first = await rig.call(.get, "/api/v1/audit?top=2")
    #expect(try first.values("action").count == 2)
    let next = try #require(first.nextLink)
    #expect(try await rig.call(.get, next).values("action").count == 1)
    #expect(await rig.call(.get, "/api/v1/audit?skipToken=x").status == .badRequest)
  }
}

@Suite("Wrong tokens")
struct TokenFailureTests {
  @Test("Given wrong tokens of an address, answers come later and later; a right one, and others, wait for nothing")
  func delays() async throws {
    let rig = try AdminRig()
    for _ in 0..<4 { #expect(await rig.call(.get, "/api/v1/job", token: "wrong").status == .unauthorized) }
    #expect(rig.waits.all == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
    #expect(await rig.call(.get, "/api/v1/job").status == .ok)
    #expect(await rig.call(.get, "/api/v1/job", token: nil).status == .unauthorized)
    _ = await rig.call(.get, "/api/v1/job", token: "wrong", address: "192.0.2.8")
    #expect(rig.waits.all.count == 3)
  }

  @Test("Given a flood, the log tells once a minute how many there were, and the longest wait is bounded")
  func summary() {
    let clock = ManualClock()
    let failures = TokenFailures(uptime: { clock.now.offset }, sleep: { _ in })
    #expect(failures.note("a").summary == .init(count: 1, lastAddress: "a"))
    for _ in 0..<50 { #expect(failures.note("b").summary == nil) }
    #expect(failures.note("b").delay == .seconds(5))
    clock.advance(by: .seconds(61))
    #expect(failures.note("b").summary == .init(count: 52, lastAddress: "b"))
  }
}

@Suite("Secrets that callers send")
struct SecretStrengthTests {
  @Test(
    "Given one that can be guessed, it is refused",
    arguments: ["short", "fifteen-letters", "REPLACE_ME_REPLACE_ME", "change-me-change-me", "aaaaaaaaaaaaaaaaaaaaaaa"])
  func weak(_ secret: String) {
    let problem = SecretStrength.problem(of: secret)
    #expect(problem != nil && problem?.contains(secret) == false)
  }

  @Test("Given a random one, it is taken", arguments: ["4f1d2c3b4a596877", "correct horse battery staple"])
  func strong(_ secret: String) { #expect(SecretStrength.problem(of: secret) == nil) }

  @Test("Given a file that changes to a weak secret, the one before stays, and it is told")
  func rotation() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "rollcall-secret-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    func write(_ text: String) throws { try Data(text.utf8).write(to: file) }
    try write("a long and random secret\n")
    let told = Waits()
    let secret = Secret(
      .file(file.path), recheck: .zero, objection: SecretStrength.problem, refused: { _ in told.note(.zero) })
    #expect(try await secret.load() == "a long and random secret")
    try write("weak")
    #expect(try await secret.load() == "a long and random secret")
    try write("another long and random one")
    #expect(try await secret.load() == "another long and random one")
    #expect(told.all.count == 1)
  }
}
