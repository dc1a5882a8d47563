import Foundation
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Service

@Suite("The console's session")
struct SessionTests {
  private static let own = ["Sec-Fetch-Site": "same-origin"]

  private func signIn(
    _ rig: AdminRig, token: String = AdminRig.token, host: String = "localhost", headers: [String: String] = own
  ) async -> Answer {
    await rig.call(
      .post, "/api/v1/session", body: "{\"token\": \"\(token)\"}", token: nil, host: host, headers: headers)
  }

  /// `name=value` of the cookie that an answer sets.
  private func cookie(_ answer: Answer) throws -> String {
    let field = try #require(answer.headers[.setCookie])
    return String(field.prefix { $0 != ";" })
  }

  @Test("Given the right token, the session that it is exchanged for reads and orders as the token does")
  func exchange() async throws {
    let rig = try AdminRig()
    let answer = await signIn(rig)
    #expect(answer.status == .ok)
    #expect(try answer.json["role"]?.string == "admin")
    var headers = ["Cookie": "theme=dark; " + (try cookie(answer))]
    #expect(await rig.call(.get, "/api/v1/escrows", token: nil, headers: headers).status == .ok)
    let caller = await rig.call(.get, "/api/v1/session", token: nil, headers: headers)
    #expect(try caller.json["actor"]?.string == "admin token")
    headers.merge(Self.own) { $1 }
    #expect(await rig.call(.post, "/api/v1/job/pause", token: nil, headers: headers).status == .noContent)
    #expect(rig.job.orders == [.pause])
  }

  @Test("Given the read token, everything can be read, dry runs too, and nothing ordered", arguments: [true, false])
  func reader(hasSession: Bool) async throws {
    let rig = try AdminRig()
    var headers = Self.own
    var token: String? = AdminRig.readToken
    if hasSession {
      headers["Cookie"] = try cookie(await signIn(rig, token: AdminRig.readToken))
      token = nil
    }
    #expect(await rig.call(.get, "/api/v1/job", token: token, headers: headers).status == .ok)
    for path in ["start", "pause", "restart", "validateCredentials"] {
      #expect(await rig.call(.post, "/api/v1/job/\(path)", token: token, headers: headers).status == .forbidden)
    }
    #expect(await rig.call(.delete, "/api/v1/connections/x", token: token, headers: headers).status == .forbidden)
    let subject = #"{"subjects": [{"objectId": "00000000-0000-0000-0000-000000000001", "objectTypeName": "User"}]"#
    let path = "/api/v1/job/provisionOnDemand"
    #expect(await rig.call(.post, path, body: subject + "}", token: token, headers: headers).status == .forbidden)
    let dry = subject + #", "dryRun": true}"#
    #expect(await rig.call(.post, path, body: dry, token: token, headers: headers).status == .ok)
    #expect(rig.job.orders.count == 1)
  }

  @Test("Given a wrong token or none, there is no session", arguments: ["wrong", ""])
  func refused(token: String) async throws {
    let answer = await signIn(try AdminRig(), token: token)
    #expect([.unauthorized, .badRequest].contains(answer.status))
    #expect(answer.headers[.setCookie] == nil)
  }

  @Test(
    "Given TLS or another host, the cookie is bound to both; on plain HTTP of this machine browsers would refuse that")
  func cookies() async throws {
    let plain = try #require(await signIn(try AdminRig(), host: "127.0.0.1:8081").headers[.setCookie])
    #expect(plain.hasPrefix("rollcall="))
    #expect(!plain.contains("Secure"))
    for (isTLS, host) in [(true, "localhost"), (false, "rollcall.example.com")] {
      let field = try #require(await signIn(try AdminRig(isTLS: isTLS), host: host).headers[.setCookie])
      #expect(field.hasPrefix("__Host-rollcall="))
      for attribute in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        #expect(field.contains(attribute), "\(attribute)")
      }
      #expect(!field.contains("Domain"))
    }
  }

  @Test(
    "Given an order that does not come from our own page, the session does not count",
    arguments: [
      [:], ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"], ["Sec-Fetch-Site": "none"],
      ["Origin": "https://evil.example"], ["Origin": "null"],
      ["Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"],
    ])
  func foreign(headers: [String: String]) async throws {
    let rig = try AdminRig()
    var headers = headers
    headers["Cookie"] = try cookie(await signIn(rig))
    for (method, path) in [
      (HTTPRequest.Method.post, "/api/v1/job/pause"), (.delete, "/api/v1/connections/x"), (.delete, "/api/v1/session"),
    ] {
      #expect(await rig.call(method, path, token: nil, headers: headers).status == .forbidden)
    }
    #expect(rig.job.orders.isEmpty)
    #expect(await rig.call(.get, "/api/v1/job", token: nil, headers: headers).status == .ok)
  }

  @Test("Given a browser that sends Origin alone, our own counts, also the public one")
  func origin() async throws {
    let rig = try AdminRig(publicURL: "https://ops.example.com/rollcall")
    let session = try cookie(await signIn(rig))
    for origin in ["http://localhost", "https://ops.example.com"] {
      let answer = await rig.call(
        .post, "/api/v1/job/pause", token: nil, headers: ["Cookie": session, "Origin": origin])
      #expect(answer.status == .noContent, "\(origin)")
    }
  }

  @Test("Given a form of a foreign page, it gets no session and its type is refused")
  func form() async throws {
    let rig = try AdminRig()
    #expect(await signIn(rig, headers: ["Sec-Fetch-Site": "cross-site"]).status == .forbidden)
    #expect(await signIn(rig, headers: ["Origin": "https://evil.example"]).status == .forbidden)
    let answer = await rig.call(
      .post, "/api/v1/job/pause", body: "a=b", token: nil, contentType: "application/x-www-form-urlencoded",
      headers: ["Cookie": try cookie(await signIn(rig)), "Sec-Fetch-Site": "same-origin"])
    #expect(answer.status == .unsupportedMediaType)
    #expect(rig.job.orders.isEmpty)
  }

  @Test(
    "Given a program with a token, no header of a browser is asked for, and a wrong one is not made good by a cookie")
  func bearer() async throws {
    let rig = try AdminRig()
    #expect(await rig.call(.post, "/api/v1/job/pause").status == .noContent)
    let headers = ["Cookie": try cookie(await signIn(rig))]
    #expect(await rig.call(.get, "/api/v1/job", token: "wrong", headers: headers).status == .unauthorized)
  }

  @Test("Given sign-out, or half an hour without use, the session has ended")
  func end() async throws {
    let rig = try AdminRig()
    let first = ["Cookie": try cookie(await signIn(rig))].merging(Self.own) { $1 }
    let second = ["Cookie": try cookie(await signIn(rig))]
    let answer = await rig.call(.delete, "/api/v1/session", token: nil, headers: first)
    #expect(answer.status == .noContent)
    #expect(answer.headers[.setCookie]?.contains("Max-Age=0") == true)
    #expect(await rig.call(.get, "/api/v1/job", token: nil, headers: first).status == .unauthorized)
    #expect(await rig.call(.get, "/api/v1/job", token: nil, headers: second).status == .ok)
    rig.clock.advance(by: .seconds(30 * 60))
    #expect(await rig.call(.get, "/api/v1/job", token: nil, headers: second).status == .unauthorized)
  }

  @Test("Given another token in the file, the sessions of the old one have ended")
  func rotation() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "rollcall-token-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data("the first token".utf8).write(to: file)
    let rig = try AdminRig(token: .file(file.path))
    let headers = ["Cookie": try cookie(await signIn(rig, token: "the first token"))]
    #expect(await rig.call(.get, "/api/v1/job", token: nil, headers: headers).status == .ok)
    try Data("the second token".utf8).write(to: file)
    #expect(await rig.call(.get, "/api/v1/job", token: nil, headers: headers).status == .unauthorized)
  }
}

@Suite("The console's page")
struct ConsolePageTests {
  @Test("Given no session, the page is there all the same, under a policy without any exception")
  func page() async throws {
    let answer = try await AdminRig().call(.get, "/console/", token: nil)
    #expect(answer.status == .ok)
    #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
    let policy = try #require(answer.headers[named: "Content-Security-Policy"])
    for part in [
      "default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'",
    ] {
      #expect(policy.contains(part))
    }
    #expect(!policy.contains("unsafe"))
    #expect(!policy.contains("*"))
  }

  @Test("Given a file that a browser has already, it is not sent again")
  func tag() async throws {
    let rig = try AdminRig()
    let first = await rig.call(.get, "/console/app.js", token: nil)
    let tag = try #require(first.headers[.eTag])
    let second = await rig.call(.get, "/console/app.js", token: nil, headers: ["If-None-Match": tag])
    #expect(second.status == .notModified)
    #expect(second.body.isEmpty)
  }

  @Test(
    "Given a browser that takes gzip, it gets that, and no other does",
    arguments: [
      ("gzip, deflate, br", true), ("br;q=1, GZIP;q=0.5", true), ("gzip;q=0", false), ("identity", false), ("", false),
    ])
  func compression(accepted: String, isCompressed: Bool) async throws {
    let answer = await (try AdminRig()).call(
      .get, "/console/app.js", token: nil, headers: ["Accept-Encoding": accepted])
    #expect(answer.headers[.contentEncoding] == (isCompressed ? "gzip" : nil))
    #expect(answer.body.starts(with: [0x1f, 0x8b]) == isCompressed)
    #expect(answer.headers[.vary] == "Accept-Encoding")
  }

  @Test("Given the address without its last stroke, the browser is led on, whatever prefix is in front")
  func redirection() async throws {
    let answer = try await AdminRig().call(.get, "/console", token: nil)
    #expect(answer.status == .permanentRedirect)
    #expect(answer.headers[.location] == "console/")
  }

  @Test("Given a file that does not exist, it is 404", arguments: ["nothing.js", "..%2Fapp.js", "a%00b"])
  func missing(name: String) async throws {
    #expect(try await AdminRig().call(.get, "/console/\(name)", token: nil).status == .notFound)
  }
}
