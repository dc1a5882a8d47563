import HTTPTransport
import ProvisioningModel
import Storage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What the service needs of this machine, and whether Graph's way leads to it.

extension ConnectionCheck {
  func checkHere(_ step: StepRunner) async {
    let settings = assembly.settings
    await step("state") { () throws(Failure) in try Self.checkState(settings.statePath) }
    for (key, source) in [
      (SecretRunner.clientStateKey, settings.listener.clientState),
      ("listener.adminTokenFile", settings.listener.adminToken),
      ("listener.readTokenFile", settings.listener.readToken),
    ] {
      guard let source else { continue }
      await step(key) { () throws(Failure) in
        do {
          _ = try await Secret(source).load()
        } catch {
          throw Failure(
            .escrow, .internalError, "The secret cannot be read: \(error).",
            advice: "Check the file and who may read it. Without it the service is not ready.")
        }
        return "can be read"
      }
    }
    if let publicURL = settings.listener.publicURL {
      await step("listener.publicUrl") { () throws(Failure) in try await self.checkPublicURL(publicURL) }
    }
  }

  private static func checkState(_ path: String) throws(Failure) -> String {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    func failure(_ reason: String) -> Failure {
      Failure(
        .escrow, .stateUnavailable, reason,
        advice: "Make the folder and give it to the user of the service, or change state.path.")
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw failure(
        "The folder '\(folder)' of the state file cannot be written to: \(String(cString: strerror(errno))).")
    }
    if access(path, F_OK) == 0, access(path, R_OK | W_OK) != 0 {
      throw failure("The state file '\(path)' cannot be read and written: \(String(cString: strerror(errno))).")
    }
    return "'\(folder)' can be written to"
  }

  /// As Graph does when a subscription is made: what it sends must come back.
  private func checkPublicURL(_ publicURL: String) async throws(Failure) -> String {
    guard SQLiteState.isInUse(path: assembly.settings.statePath) else {
      return "not asked: the service does not run"
    }
    let token = "rollcall-check-\(UInt64.random(in: .min ... .max))"
    let request = HTTPRequest(
      method: .post, url: "\(publicURL)/webhooks/graph?validationToken=\(token)",
      headers: ["Content-Type": "text/plain"],
      body: [], timeout: .seconds(10), maxResponseBytes: 4096)
    func failure(_ reason: String) -> Failure {
      Failure(
        .escrow, .internalError, reason,
        advice:
          "See to name, certificate and route of listener.publicUrl. Without it no notifications come, and changes wait for cycles."
      )
    }
    do {
      let answer = try await assembly.client.send(request)
      guard answer.status == 200, answer.body == Array(token.utf8) else {
        throw failure("'\(publicURL)' answers with \(answer.status), and not as this service does.")
      }
    } catch let error as Failure {
      throw error
    } catch {
      throw failure("'\(publicURL)' does not answer: \(error).")
    }
    return "leads to the service"
  }
}
