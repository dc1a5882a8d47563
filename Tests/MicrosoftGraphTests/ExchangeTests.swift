import HTTPTransport
import JSON
import MicrosoftGraph
import ProvisioningModel
import Testing

@Suite("Refused tokens and throttling")
struct ExchangeTests {
  @Test("After a 401 a new token is got once and the request sent again")
  func refusedToken() async throws {
    try await Rig.with(
      respond: {
        $0.headers["Authorization"] == "Bearer token-1"
          ? .error(401, "InvalidAuthenticationToken") : .json(["id": .string(id(2).rawValue)])
      }
    ) { rig in
      let found = try await rig.directory().userID(principalName: "a@b")
      #expect(found == id(2))
      #expect(rig.tokenRequests.count == 2)
      #expect(rig.graphLines.count == 2)
    }
  }

  @Test("A second 401 is told, and not tried on and on")
  func refusedTwice() async throws {
    try await Rig.with(respond: { _ in .error(401, "InvalidAuthenticationToken") }) { rig in
      let failure = try await failure { () throws(Failure) in
        try await rig.directory().userID(principalName: "a@b")
      }
      #expect(failure.remedy == .quarantine)
      #expect(rig.graphLines.count == 2)
    }
  }

  @Test("Many requests that are refused at once cause one new token")
  func refusedTogether() async throws {
    try await Rig.with(
      respond: {
        $0.headers["Authorization"] == "Bearer token-1"
          ? .error(401, "InvalidAuthenticationToken") : .json(["id": .string(id(2).rawValue)])
      }
    ) { rig in
      let directory = rig.directory()
      await withTaskGroup(of: ObjectID??.self) { group in
        for _ in 0..<20 { group.addTask { try? await directory.userID(principalName: "a@b") } }
        for await found in group { #expect(found == id(2)) }
      }
      #expect(rig.tokenRequests.count == 2)
    }
  }

  @Test(
    "Retry-After is waited for: whole seconds, a fraction, a date",
    arguments: [
      ("3", Duration.seconds(3)), ("2.128", .milliseconds(2128)), ("Fri, 02 Jan 2026 03:04:35 GMT", .seconds(30)),
    ])
  func retryAfter(text: String, wait: Duration) async throws {
    let calls = Counter()
    try await Rig.with(
      respond: { _ in
        calls.next() == 1
          ? .error(429, "TooManyRequests", [("Retry-After", text)]) : .json(["id": .string(id(2).rawValue)])
      }
    ) { rig in
      let found = try await rig.directory().userID(principalName: "a@b")
      #expect(found == id(2))
      #expect(rig.clock.sleeps.reduce(.zero, +) == wait)
      #expect(rig.observations.all.contains { $0.status == 429 && $0.throttledFor == wait })
    }
  }

  @Test("A wait too long to sit out is handed to the caller, also when told as a date")
  func longWait() async throws {
    let date = "Fri, 02 Jan 2026 03:14:05 GMT"
    try await Rig.with(respond: { _ in .error(429, "TooManyRequests", [("Retry-After", date)]) }) { rig in
      let failure = try await failure { () throws(Failure) in
        try await rig.directory().userID(principalName: "a@b")
      }
      #expect(failure.remedy == .retry(after: .seconds(600)))
    }
  }

  @Test("No failure or observation holds a token, a query or a person's name")
  func nothingPersonal() async throws {
    try await Rig.with(respond: { _ in .error(403, "Authorization_RequestDenied") }) { rig in
      let failure = try await failure { () throws(Failure) in
        try await rig.directory().userID(principalName: "ada@acme.example")
      }
      let told = "\(failure) \(rig.observations.all)"
      for secret in ["ada", "token-1", "s3cret", "$select"] { #expect(!told.contains(secret)) }
      #expect(failure.exchange?.route == "/users/{userPrincipalName}")
    }
  }
}
