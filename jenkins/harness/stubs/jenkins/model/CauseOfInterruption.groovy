package jenkins.model

class CauseOfInterruption {
    final String shortDescription

    CauseOfInterruption(String shortDescription) { this.shortDescription = shortDescription }
}
