import Logging
import ProvisioningModel
import Storage
import SynchronizationJob
import WorkQueue

// Ready means that notifications are taken.

extension RollcallService {
  func readiness() async -> [ReadinessCheck] {
    let (hasHadToken, isStopping) = progress
    let isFull = job.queue.statistics.isFull
    var checks = [
      ReadinessCheck(name: "configuration", isFine: true, detail: "valid"), await checkState(),
      ReadinessCheck(name: "token", isFine: hasHadToken, detail: hasHadToken ? "obtained" : "none from Entra ID yet"),
      ReadinessCheck(name: "draining", isFine: !isStopping, detail: isStopping ? "the service is stopping" : "no"),
      ReadinessCheck(name: "queue", isFine: !isFull, detail: isFull ? "full" : "has room"),
    ]
    if let clientState { checks.append(await check(clientState)) }
    tell(checks)
    return checks
  }

  private func checkState() async -> ReadinessCheck {
    if (try? await stateCheck.value()) ?? false {
      return ReadinessCheck(name: "state", isFine: true, detail: "open")
    } else {
      let detail =
        state.isOfNewerVersion
        ? "written by a newer version of Rollcall" : "cannot be read or written; the log says why"
      return ReadinessCheck(name: "state", isFine: false, detail: detail)
    }
  }

  /// Without it no notification can be told from a stranger's.
  private func check(_ clientState: ClientState) async -> ReadinessCheck {
    do {
      _ = try await clientState.accepted()
      return ReadinessCheck(name: "clientState", isFine: true, detail: "read")
    } catch {
      return ReadinessCheck(name: "clientState", isFine: false, detail: "cannot be read; the log says why")
    }
  }

  private func tell(_ checks: [ReadinessCheck]) {
    switch noteReadiness(checks) {
    case .notReady(let failing):
      logger.warning(
        "Not ready", metadata: .init(uniqueKeysWithValues: failing.map { ($0.name, "\($0.detail)") }))
    case .ready: logger.info("Ready")
    case nil: break
    }
  }
}
