import Foundation
import HTTPTransport
import Testing

/// TLS against OpenSSL's own test server, with a certificate that the test makes.
@Suite(.timeLimit(.minutes(5))) struct TLSTests {
  @Test("a server is trusted by the CA file alone")
  func caFile() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "rollcall-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["server", "other"] {
      try run([
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=IP:127.0.0.1", "-keyout", folder.path + "/\(name).key", "-out", folder.path + "/\(name).pem",
      ]).waitUntilExit()
    }
    let output = Pipe()
    let server = try run(
      [
        "s_server", "-accept", "127.0.0.1:0", "-cert", folder.path + "/server.pem", "-key",
        folder.path + "/server.key", "-www",
      ], output: output)
    // Not SIGTERM: the threads that tests run on block it, and a process inherits that.
    defer { kill(server.processIdentifier, SIGKILL) }
    let address = try #require(await address(printedTo: output))
    let url = "https://\(address)/"
    #expect(try await answer(url, caFile: folder.path + "/server.pem") == .success(200))
    #expect(try await answer(url, caFile: folder.path + "/other.pem") == .failure(.tls))
    #expect(try await answer(url, caFile: nil) == .failure(.tls))
  }

  private enum Outcome: Equatable {
    case success(Int)
    case failure(TransportError.Phase)
  }

  /// What the server says once it listens: `ACCEPT 127.0.0.1:12345`. Nil when it ends without.
  private func address(printedTo output: Pipe) async -> String? {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var text = ""
        while let data = try? output.fileHandleForReading.read(upToCount: 1), !data.isEmpty {
          text += String(decoding: data, as: UTF8.self)
          if let line = text.split(separator: "\n").last, line.hasPrefix("ACCEPT "), text.hasSuffix("\n") {
            return continuation.resume(returning: String(line.dropFirst(7)))
          }
        }
        continuation.resume(returning: nil)
      }
    }
  }

  private func answer(_ url: String, caFile: String?) async throws -> Outcome {
    var configuration = HTTPClient.Configuration()
    configuration.proxy = ""
    configuration.caFile = caFile
    let client = try HTTPClient(configuration)
    let outcome: Outcome
    do {
      outcome = .success(try await client.send(HTTPRequest(url: url)).status)
    } catch let error as TransportError {
      outcome = .failure(error.phase)
    }
    await client.shutdown()
    return outcome
  }

  @discardableResult
  private func run(_ arguments: [String], output: Pipe? = nil) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = arguments
    process.standardOutput = output ?? FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }
}
