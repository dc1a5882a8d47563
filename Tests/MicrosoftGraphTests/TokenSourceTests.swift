import Foundation
import HTTPTransport
import JSON
import ProvisioningModel
import Synchronization
import Testing
@testable import MicrosoftGraph

@Suite("Signing in to Entra ID")
struct TokenSourceTests {
  private static func form(_ request: ScriptedServer.Request?) -> [String: String] {
    let pairs = (request?.text ?? "").split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
    return Dictionary(pairs.map { (String($0[0]), String($0[1]).removingPercentEncoding ?? "") }) { first, _ in first }
  }

  private static func unused(_ request: ScriptedServer.Request) -> ScriptedServer.Reply { .json([:]) }

  @Test("A secret is sent in a form, without its end of line")
  func secret() async throws {
    try await Rig.with(credential: .secret { "a b+c/ü\n" }, respond: Self.unused) { rig in
      let found = try await rig.tokens.accessToken()
      #expect(found == "token-1")
      #expect(await rig.tokens.hasToken)
      let form = Self.form(rig.tokenRequests.first)
      #expect(form["grant_type"] == "client_credentials")
      #expect(form["client_id"] == "client")
      #expect(form["scope"] == rig.server.url + "/.default")
      #expect(form["client_secret"] == "a b+c/ü")
    }
  }

  @Test("Many callers at once cause one request; a kept token none")
  func singleFlight() async throws {
    try await Rig.with(respond: Self.unused) { rig in
      await withTaskGroup(of: String?.self) { group in
        for _ in 0..<50 { group.addTask { try? await rig.tokens.accessToken() } }
        for await token in group { #expect(token == "token-1") }
      }
      _ = try await rig.tokens.accessToken()
      #expect(rig.tokenRequests.count == 1)
    }
  }

  @Test("Near its end the old token is handed out while the new one is fetched")
  func renewsInBackground() async throws {
    try await Rig.with(respond: Self.unused) { rig in
      _ = try await rig.tokens.accessToken()
      rig.clock.advance(by: .seconds(3400))
      let found = try await rig.tokens.accessToken()
      #expect(found == "token-1")
      try await eventually { try await rig.tokens.accessToken() == "token-2" }
      #expect(rig.tokenRequests.count == 2)
    }
  }

  @Test("A secret that is mended is used at the next try, and its failure is not asked for again at once")
  func mendedSecret() async throws {
    let secret = Mutex("gu3ss")
    let respond: @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply = { request in
      request.text.contains("client_secret=right")
        ? .token("good") : .json(401, ["error": "invalid_client", "error_codes": [7_000_215]])
    }
    try await Rig.with(
      credential: .secret { secret.withLock { $0 } }, answersTokens: false, respond: respond
    ) { rig in
      let first = try await failure { () throws(Failure) in try await rig.tokens.accessToken() }
      #expect(first.remedy == .quarantine)
      #expect(!"\(first)".contains("gu3ss"), "the secret is not told")
      _ = try await failure { () throws(Failure) in try await rig.tokens.accessToken() }
      #expect(rig.tokenRequests.count == 1)
      secret.withLock { $0 = "right" }
      rig.clock.advance(by: .seconds(3))
      let found = try await rig.tokens.accessToken()
      #expect(found == "good")
    }
  }

  @Test("A credential that cannot be read says so")
  func unreadableCredential() async throws {
    struct Missing: Error {}
    try await Rig.with(credential: .secret { throw Missing() }, respond: Self.unused) { rig in
      let failure = try await failure { () throws(Failure) in try await rig.tokens.accessToken() }
      #expect(failure.remedy == .quarantine)
      #expect(rig.tokenRequests.isEmpty)
    }
  }

  @Test("A caller who is cancelled stops waiting; the token still comes for the others")
  func cancelledCaller() async throws {
    let gate = DispatchSemaphore(value: 0)
    try await Rig.with(
      answersTokens: false,
      respond: { _ in
        _ = gate.wait(timeout: .now() + 10)
        return .token("late")
      }
    ) { rig in
      let impatient = Task { try await rig.tokens.accessToken() }
      let patient = Task { try await rig.tokens.accessToken() }
      try await eventually { rig.tokenRequests.count == 1 }
      impatient.cancel()
      await #expect(throws: Failure.cancelled) { try await impatient.value }
      gate.signal()
      let found = try await patient.value
      #expect(found == "late")
    }
  }

  @Test("A federated token is sent as assertion, and read once more when it was out of time")
  func federatedToken() async throws {
    let reads = Counter()
    try await Rig.with(
      credential: .federatedToken { "jwt-\(reads.next())\n" }, answersTokens: false,
      respond: { request in
        request.text.hasSuffix("client_assertion=jwt-1")
          ? .json(401, ["error": "invalid_client", "error_codes": [700_024]]) : .token("good")
      }
    ) { rig in
      let found = try await rig.tokens.accessToken()
      #expect(found == "good")
      let form = Self.form(rig.tokenRequests.last)
      #expect(form["client_assertion"] == "jwt-2")
      #expect(form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    }
  }

  @Test("A lifetime given as text is understood")
  func lifetimeAsText() async throws {
    try await Rig.with(answersTokens: false, respond: { _ in .token("short", lifetime: "100") }) { rig in
      _ = try await rig.tokens.accessToken()
      rig.clock.advance(by: .seconds(96))
      #expect(await !rig.tokens.hasToken)
    }
  }

  @Test("An outage is tried again with patience, then told as passing")
  func outage() async throws {
    try await Rig.with(answersTokens: false, respond: { _ in .init(status: 503) }) { rig in
      let failure = try await failure { () throws(Failure) in try await rig.tokens.accessToken() }
      #expect(failure.remedy == .retry(after: nil))
      #expect(rig.tokenRequests.count == 4)
    }
  }
}
